import { distance, meaningOf, timeIn, valueText } from './claims.ts';
import { useTokenWords } from './words/use-token-words.ts';

interface ClaimTableProps {
  readonly title: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly now: number;
}

/** Header or payload of a token, a line for each of its members. */
export function ClaimTable({ title, claims, now }: ClaimTableProps) {
  const words = useTokenWords();
  return (
    <div className="table-frame wide">
      <table className="claims">
        <caption className="visually-hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{title}</th>
            <th scope="col">{words.table.says}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(claims).map(([name, value]) => {
            const time = timeIn(name, value);
            return (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td className="claim-value">
                  <code>{valueText(value)}</code>
                  {time !== null && (
                    <span className="small">
                      <time dateTime={time.toISOString()}>{time.toLocaleString(words.locale)}</time>,{' '}
                      {distance(time, now, words.locale)}
                    </span>
                  )}
                  <span className="small soft">{meaningOf(name, words)}</span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
