import type { FlowParty, FlowStep } from '@coatcheck/protocol';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { groupSteps } from './groups.ts';
import { momentOf } from './moments.ts';
import { useFlowWords } from './words/use-flow-words.ts';

const lanes: readonly FlowParty[] = ['browser', 'bff', 'authorization-server', 'api'];

interface SequenceProps {
  readonly steps: readonly FlowStep[];
  readonly selected: FlowStep | undefined;
  onSelect(step: FlowStep): void;
  /** One step on or back, or to either end. */
  onMove(by: number): void;
}

/** The messages as arrows between four lanes. To screen readers it is an ordered list of buttons. */
export function Sequence({ steps, selected, onSelect, onMove }: SequenceProps) {
  const { parties, groups } = useFlowWords();
  const onKeyDown = (event: KeyboardEvent) => {
    const by = movesByKey[event.key];
    if (by === undefined) return;
    event.preventDefault();
    onMove(by);
  };
  return (
    <div className="sequence">
      <div className="lanes lane-names" aria-hidden="true">
        {lanes.map((lane) => (
          <strong key={lane} className={`lane-name of-${lane}`}>
            {parties[lane]}
          </strong>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its buttons take the keys; this only hears them once for all */}
      <div className="lane-body" onKeyDown={onKeyDown}>
        {groupSteps(steps).map((group) => (
          <section key={keyOf(group.steps[0])} aria-label={groups[group.name]}>
            <h3 className="group-name small">{groups[group.name]}</h3>
            <ol className="plain">
              {group.steps.map((step) => (
                <Message
                  key={keyOf(step)}
                  step={step}
                  isSelected={step === selected}
                  onSelect={() => onSelect(step)}
                />
              ))}
            </ol>
          </section>
        ))}
      </div>
    </div>
  );
}

const movesByKey: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

interface MessageProps {
  readonly step: FlowStep;
  readonly isSelected: boolean;
  onSelect(): void;
}

function Message({ step, isSelected, onSelect }: MessageProps) {
  const words = useFlowWords();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // Focus goes along with the arrow keys, and is taken from nothing else.
    if (isSelected && document.activeElement?.classList.contains('message')) button.current?.focus();
  }, [isSelected]);
  const [from, to] = [lanes.indexOf(step.from), lanes.indexOf(step.to)];
  const span = `from-${Math.min(from, to)}-to-${Math.max(from, to)}`;
  return (
    <li>
      <button
        ref={button}
        type="button"
        className="lanes message"
        aria-current={isSelected ? 'step' : undefined}
        // One stop for the Tab key; the arrow keys go between them.
        tabIndex={isSelected ? 0 : -1}
        onClick={onSelect}
      >
        <span className={`arrow ${span} ${to > from ? 'rightwards' : 'leftwards'} kind-${step.kind}`}>
          <span className="message-title">{words.steps[momentOf(step)].title}</span>
          <code className="message-line">{step.line}</code>
        </span>
        <span className="visually-hidden">{words.way(words.parties[step.from], words.parties[step.to])}</span>
      </button>
    </li>
  );
}

function keyOf(step: FlowStep | undefined): string {
  return step ? `${step.id} ${step.at}` : '';
}
