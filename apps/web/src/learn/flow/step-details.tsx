import type { FlowStep } from '@coatcheck/protocol';
import { momentOf, sourceOf } from './moments.ts';
import { useFlowWords } from './words/use-flow-words.ts';

/** One message: what it is, what was sent, and where it is specified. */
export function StepDetails({ step, place, of }: { step: FlowStep; place: number; of: number }) {
  const { parties, step: words, steps } = useFlowWords();
  const moment = momentOf(step);
  const { title, text } = steps[moment];
  const source = sourceOf(moment);
  return (
    <div className="step-details" aria-live="polite">
      <p className="small soft">
        {words.place(place, of)} · {parties[step.from]} → {parties[step.to]} ·{' '}
        <time dateTime={step.at}>{timeOf(step.at)}</time>
      </p>
      <h2>{title}</h2>
      <p>{text}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it (WCAG 2.1.1) */}
      <section className="wire" tabIndex={0} aria-label={words.wire}>
        <p className="mono wire-line">
          <strong>{step.line}</strong>
        </p>
        {step.fields.length > 0 && (
          <dl className="mono wire-fields">
            {step.fields.map(([name, value], index) => (
              <div key={`${name} ${index}`}>
                <dt>{name}</dt>
                <dd className={/‹\d+ characters›/.test(value) ? 'masked' : undefined}>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </section>
      <p className="small soft">
        {words.masked}
        {source !== null && (
          <>
            {' '}
            {words.specified}{' '}
            <a href={source.url} rel="noreferrer" target="_blank">
              {words.section(source.name, source.section)}
            </a>
            .
          </>
        )}
      </p>
    </div>
  );
}

function timeOf(at: string): string {
  const date = new Date(at);
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${date.toLocaleTimeString('en-GB')}.${milliseconds}`;
}
