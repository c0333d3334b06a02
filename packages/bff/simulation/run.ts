import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runCrew } from './crew.ts';
import { createEngine } from './engine.ts';
import { runHistory } from './history.ts';
import { isPlantName, type PlantName, plantNames, plants } from './plants.ts';
import { renderHistory, renderTally } from './report.ts';
import { createSurroundings } from './surroundings.ts';

const usage = `pnpm simulate [--histories N] [--seed N] [--plant NAME] [--workers N] [--lines N]

  --histories N  how many histories; 10,000 unless told
  --seed N       the first seed (1); without --histories that one history is told
  --plant NAME   plants a bug that must be found: ${plantNames.join(', ')}
  --workers N    threads; as many as there are processors
  --lines N      lines of a told history (60)`;

interface Wishes {
  readonly from: number;
  /** Undefined: one history is told. */
  readonly histories: number | undefined;
  readonly plant: PlantName | undefined;
  readonly workers: number;
  readonly lines: number;
}

/** @throws Error whose message says what is wrong with the command line */
function readWishes(): Wishes | 'help' {
  const { values } = parseArgs({
    options: {
      histories: { type: 'string' },
      seed: { type: 'string' },
      plant: { type: 'string' },
      workers: { type: 'string' },
      lines: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  const { plant } = values;
  if (plant !== undefined && !isPlantName(plant)) throw new RangeError(`no bug is called ${plant}`);
  const told = values.seed !== undefined && values.histories === undefined;
  return {
    from: wholeNumber(values.seed, 1),
    histories: told ? undefined : wholeNumber(values.histories, 10_000),
    plant,
    workers: wholeNumber(values.workers, availableParallelism()),
    lines: wholeNumber(values.lines, 60),
  };
}

function wholeNumber(text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${text} is no whole number from 1`);
  return value;
}

/** Tells one history, with the bug planted if any is. */
async function tell(seed: number, plant: PlantName | undefined, lines: number): Promise<boolean> {
  const makeEngine = plant ? plants[plant] : createEngine;
  const history = await runHistory(seed, { surroundings: createSurroundings(), traced: true, makeEngine });
  console.log(renderHistory(history, lines));
  return history.verdict.violations.length === 0;
}

async function run({ from, histories, plant, workers, lines }: Wishes): Promise<boolean> {
  if (histories === undefined) return tell(from, plant, lines);
  const startedAt = performance.now();
  const tally = await runCrew({ from, histories, plant, workers, mostFailures: 20 });
  console.log(renderTally(tally, (performance.now() - startedAt) / 1_000));
  const [first] = tally.failures;
  if (!first) return true;
  const again = `pnpm simulate --seed ${first.seed}${plant ? ` --plant ${plant}` : ''}`;
  console.log(`\nThe first of them, which \`${again}\` tells again:\n`);
  await tell(first.seed, plant, lines);
  return false;
}

function wishesOrReason(): Wishes | 'help' | Error {
  try {
    return readWishes();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const wishes = wishesOrReason();
if (wishes === 'help') console.log(usage);
else if (wishes instanceof Error) {
  console.error(`${wishes.message}\n\n${usage}`);
  process.exitCode = 2;
} else process.exitCode = (await run(wishes)) ? 0 : 1;
