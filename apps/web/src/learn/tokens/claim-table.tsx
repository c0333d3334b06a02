import { distance, meaningOf, timeIn, valueText } from './claims.ts';

interface ClaimTableProps {
  readonly title: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly now: number;
}

/** Header or payload of a token, a line for each of its members. */
export function ClaimTable({ title, claims, now }: ClaimTableProps) {
  return (
    <div className="table-frame wide">
      <table className="claims">
        <caption className="visually-hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{title}</th>
            <th scope="col">Says</th>
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
                      <time dateTime={time.toISOString()}>{time.toLocaleString('en-GB')}</time>,{' '}
                      {distance(time, now)}
                    </span>
                  )}
                  <span className="small soft">{meaningOf(name)}</span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
