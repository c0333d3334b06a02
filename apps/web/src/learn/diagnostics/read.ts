import { type FlowParty, type FlowStep, flowKinds, type HeldToken } from '@coatcheck/protocol';

const parties: readonly FlowParty[] = ['browser', 'bff', 'authorization-server', 'api'];
const kindsOfToken = ['access_token', 'id_token', 'refresh_token'] as const;
const verdicts = ['valid', 'invalid', 'unknown', 'none'] as const;

/** A step from the event stream; undefined where it is none. */
export function readStep(value: unknown): FlowStep | undefined {
  const { id, at, from, to, kind, line, fields } = recordOf(value);
  const sender = oneOf(parties, from);
  const receiver = oneOf(parties, to);
  if (typeof id !== 'number' || !sender || !receiver) return undefined;
  return {
    id,
    at: textOf(at),
    from: sender,
    to: receiver,
    kind: oneOf(flowKinds, kind) ?? 'other',
    line: textOf(line),
    fields: listOf(fields).map((field) => {
      const [name, text] = listOf(field);
      return [textOf(name), textOf(text)];
    }),
  };
}

/** The tokens from the event stream. */
export function readTokens(value: unknown): HeldToken[] {
  return listOf(value).flatMap((token) => {
    const { provider, kind, resource, length, format, header, payload, signature, scopes, ...times } =
      recordOf(token);
    const known = oneOf(kindsOfToken, kind);
    if (!known) return [];
    return [
      {
        provider: textOf(provider),
        kind: known,
        resource: textOf(resource),
        length: Number(length),
        format: format === 'jwt' ? 'jwt' : 'opaque',
        header: header === null ? null : recordOf(header),
        payload: payload === null ? null : recordOf(payload),
        signature: oneOf(verdicts, signature) ?? 'unknown',
        scopes: listOf(scopes).map(textOf),
        receivedAt: textOrNull(times.receivedAt),
        expiresAt: textOrNull(times.expiresAt),
      },
    ];
  });
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((one) => one === value);
}
