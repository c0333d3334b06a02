/** A metric in the Prometheus text format, version 0.0.4. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  /** By name and labels as they were written. */
  readonly samples: ReadonlyMap<string, number>;
}

/** Reads what our own renderers write: HELP and TYPE before each family's samples, no time stamps. */
export function parseExposition(text: string): Family[] {
  const families: (Family & { samples: Map<string, number> })[] = [];
  let help = '';
  for (const line of text.split('\n')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (kind === 'HELP') help = rest;
    if (kind === 'TYPE') {
      families.push({ name, help, type: rest, samples: new Map() });
      help = '';
    }
    if (line === '' || line.startsWith('#')) continue;
    const space = line.lastIndexOf(' ');
    families.at(-1)?.samples.set(line.slice(0, space), parseValue(line.slice(space + 1)));
  }
  return families;
}

export function renderExposition(families: readonly Family[]): string {
  return families
    .flatMap(({ name, help, type, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...[...samples].map(([series, value]) => `${series} ${renderValue(value)}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

function parseValue(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}

function renderValue(value: number): string {
  return String(value).replace('Infinity', 'Inf').replace(/^Inf/, '+Inf');
}
