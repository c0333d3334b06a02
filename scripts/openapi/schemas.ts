import { problemRegistry } from '../../packages/bff/src/index.ts';
import {
  flowKinds,
  type ProblemCode,
  problemCodes,
  sessionEventTypes,
  signedOutReasons,
} from '../../packages/protocol/src/index.ts';

const string = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const seconds = { type: 'integer', minimum: 0 } as const;
const strings = { type: 'array', items: string } as const;
const nullable = (schema: { readonly type: string }) => ({ ...schema, type: [schema.type, 'null'] });

/** An object all of whose members are required, but those named. */
function object(properties: Readonly<Record<string, object>>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required } as const;
}

export const schemaRef = (name: keyof typeof schemas) => ({ $ref: `#/components/schemas/${name}` });

/** `packages/protocol/src/session-view.ts` and its neighbours, as JSON Schema. */
export const schemas = {
  SignedIn: object({
    authenticated: { const: true },
    user: {
      ...object({ sub: string, name: string, email: string, picture: string }, ['name', 'email', 'picture']),
    },
    provider: string,
    connections: strings,
    scopes: strings,
    roles: strings,
    acr: nullable(string),
    amr: strings,
    createdAt: time,
    expiresAt: time,
    expiresIn: seconds,
    idleExpiresAt: time,
    idleExpiresIn: seconds,
    accessTokenExpiresAt: nullable(time),
    accessTokenExpiresIn: nullable(seconds),
  }),
  SignedOut: object({ authenticated: { const: false }, reason: { enum: signedOutReasons } }),
  Session: { oneOf: [{ $ref: '#/components/schemas/SignedIn' }, { $ref: '#/components/schemas/SignedOut' }] },
  SessionEvent: object(
    {
      type: { enum: sessionEventTypes },
      session: { $ref: '#/components/schemas/SignedIn' },
      reason: { enum: signedOutReasons },
    },
    ['session', 'reason'],
  ),
  Provider: object({ id: string, label: string, default: { type: 'boolean' }, loginUrl: string }),
  DeviceSession: object({
    id: string,
    device: string,
    createdAt: time,
    lastSeenAt: time,
    current: { type: 'boolean' },
  }),
  LogoutRequest: object({ local: { type: 'boolean' }, everywhere: { type: 'boolean' }, return_to: string }, [
    'local',
    'everywhere',
    'return_to',
  ]),
  Redirect: object({ redirectTo: nullable(string) }),
  Diagnostics: object({
    tokens: { type: 'array', items: { type: 'object' } },
    flow: {
      type: 'array',
      items: object({
        id: { type: 'integer' },
        at: time,
        from: string,
        to: string,
        kind: { enum: flowKinds },
        line: string,
        fields: { type: 'array', items: strings },
      }),
    },
  }),
  Problem: object(
    {
      type: string,
      title: string,
      status: { type: 'integer' },
      code: { enum: problemCodes },
      detail: string,
      reason: { enum: signedOutReasons },
      provider: string,
      acr_values: string,
      max_age: seconds,
      scope: string,
      consent: string,
      loginUrl: string,
      requestId: string,
    },
    ['reason', 'provider', 'acr_values', 'max_age', 'scope', 'consent', 'loginUrl', 'requestId'],
  ),
} as const;

/** The answers of a route that are problems, one for each status; the codes stand in the description. */
export function problems(...codes: readonly ProblemCode[]) {
  const byStatus = Object.groupBy(codes, (code) => problemRegistry[code].status);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, some = []]) => [
      status,
      {
        description: some.map((code) => `\`${code}\`: ${problemRegistry[code].title}`).join('; '),
        headers: { 'Coatcheck-Problem': { schema: { enum: some } } },
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}
