import { type Static, Type } from 'typebox';
import { durationPattern, parseDuration } from './duration.ts';
import type { ConfigProblem } from './problems.ts';

const strict = { additionalProperties: false } as const;

function rate(whose: string, max: number) {
  return Type.Optional(
    Type.Object(
      {
        max: Type.Optional(
          Type.Integer({ description: `${whose}, so many per window; then 429.`, minimum: 1, default: max }),
        ),
        window: Type.Optional(
          Type.String({
            description: 'After so long the count begins anew.',
            pattern: durationPattern,
            default: '1m',
          }),
        ),
      },
      strict,
    ),
  );
}

function bytes(what: string) {
  return Type.Optional(
    Type.Integer({
      description: `The same for ${what}, in bytes. 0: not looked at.`,
      minimum: 0,
      default: 0,
    }),
  );
}

const defaults = { login: 60, callback: 120, session: 600, providerLogout: 3_000 } as const;

/** The option `limits`: how often anybody may call our own routes, and when calls are shed. */
export const limitsSchema = Type.Object(
  {
    login: rate('Sign-ins started by a client address', defaults.login),
    callback: rate('Answers of providers that a client address brings', defaults.callback),
    session: rate(
      'Calls of all our other routes by a session, or by a client address without one',
      defaults.session,
    ),
    providerLogout: rate('Sign-outs that a provider tells us of, by its address', defaults.providerLogout),
    insecureNoRateLimits: Type.Optional(
      Type.Boolean({
        description:
          'INSECURE: count nothing and let every caller call as often as it likes. Only where something in front limits them.',
        default: false,
      }),
    ),
    overload: Type.Optional(
      Type.Object(
        {
          eventLoopDelay: Type.Optional(
            Type.String({
              description:
                'Every call gets 503 while the event loop has been later than this for a second. 0s: not looked at.',
              pattern: durationPattern,
              default: '500ms',
            }),
          ),
          eventLoopUtilization: Type.Optional(
            Type.Integer({
              description:
                'The same for the share of time that the event loop is busy, in percent. 0: not looked at.',
              minimum: 0,
              maximum: 100,
              default: 0,
            }),
          ),
          heapUsed: bytes('the used heap'),
          residentSet: bytes('the memory of the process'),
        },
        strict,
      ),
    ),
  },
  strict,
);

type LimitsInput = Static<typeof limitsSchema>;
type RateName = keyof typeof defaults;

/** So many calls in a window of so many milliseconds. */
export interface Rate {
  readonly max: number;
  readonly window: number;
}

/** Where calls begin to be shed; 0: not looked at. */
export interface OverloadSettings {
  /** Milliseconds. */
  readonly eventLoopDelay: number;
  /** 0 to 1. */
  readonly eventLoopUtilization: number;
  /** Bytes. */
  readonly heapUsed: number;
  /** Bytes. */
  readonly residentSet: number;
}

/** The option with defaults filled in. */
export interface LimitSettings {
  /** Undefined: nothing is counted. */
  readonly rates: Readonly<Record<RateName, Rate>> | undefined;
  readonly overload: OverloadSettings;
}

/** @param input of the right shape */
export function limitSettings(input: LimitsInput = {}): LimitSettings {
  const rateOf = (name: RateName): Rate => ({
    max: input[name]?.max ?? defaults[name],
    window: parseDuration(input[name]?.window ?? '1m'),
  });
  const { overload = {} } = input;
  return {
    rates: input.insecureNoRateLimits
      ? undefined
      : {
          login: rateOf('login'),
          callback: rateOf('callback'),
          session: rateOf('session'),
          providerLogout: rateOf('providerLogout'),
        },
    overload: {
      eventLoopDelay: parseDuration(overload.eventLoopDelay ?? '500ms'),
      eventLoopUtilization: (overload.eventLoopUtilization ?? 0) / 100,
      heapUsed: overload.heapUsed ?? 0,
      residentSet: overload.residentSet ?? 0,
    },
  };
}

/** What the schema cannot say. @param limits of any shape */
export function limitProblems(limits: Record<string, unknown>): ConfigProblem[] {
  return Object.entries(limits).flatMap(([name, value]) => {
    const window =
      typeof value === 'object' && value !== null && 'window' in value ? value.window : undefined;
    if (typeof window !== 'string' || !/^0+[a-z]/.test(window)) return [];
    const fix = 'Write how long calls are counted together, for example 1m.';
    return [{ key: `limits.${name}.window`, problem: 'is zero.', fix }];
  });
}
