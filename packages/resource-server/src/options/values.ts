/** A problem of an option's value in words that follow its name, or false. */
export type Check = (value: unknown) => string | false;

export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function isNames(value: unknown): boolean {
  return isName(value) || (Array.isArray(value) && value.length > 0 && value.every(isName));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSecondsBetween(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most;
}

/** A string or a list of them as a list. */
export function listed(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : [...value];
}

/**
 * The problems of an object of options: of each member by its check, and of members that nobody knows.
 *
 * @param place what stands before the names of its members, such as `dpop.`
 */
export function problemsOf(
  value: Readonly<Record<string, unknown>>,
  checks: Readonly<Record<string, Check>>,
  place = '',
): string[] {
  const wrong = Object.entries(checks).flatMap(([name, check]) => {
    const problem = check(value[name]);
    return problem === false ? [] : [`${place}${name} ${problem}`];
  });
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(checks, name));
  return [...wrong, ...unknown.map((name) => `${place}${name} is not an option`)];
}

/** A check that passes what is left out. */
export function optional(check: Check): Check {
  return (value) => value !== undefined && check(value);
}

/** A number of seconds, or left out. */
export function seconds(least: number, most: number): Check {
  return optional(
    (value) =>
      !isSecondsBetween(value, least, most) && `must be a number of seconds from ${least} to ${most}`,
  );
}

/** An object with any of `names`, each a number of seconds, or left out. */
export function secondsIn(names: readonly string[], least: number, most: number): Check {
  return optional((value) => {
    const isGood =
      isRecord(value) &&
      Object.entries(value).every(
        ([name, given]) =>
          names.includes(name) && (given === undefined || isSecondsBetween(given, least, most)),
      );
    return !isGood && `may hold ${names.join(', ')}, each a number of seconds from ${least} to ${most}`;
  });
}

/** A list out of `names`, or left out. */
export function listOutOf(names: readonly string[], advice = ''): Check {
  return optional((value) => {
    const isGood = Array.isArray(value) && value.length > 0 && value.every((name) => names.includes(name));
    return !isGood && `must be a list out of ${names.join(', ')}${advice}`;
  });
}

/** One of `names`, or left out. */
export function oneOf(...names: readonly string[]): Check {
  return optional((value) => !names.some((name) => name === value) && `must be ${names.join(' or ')}`);
}

export const functionOrNothing: Check = optional(
  (value) => typeof value !== 'function' && 'must be a function',
);

export const booleanOrNothing: Check = optional(
  (value) => typeof value !== 'boolean' && 'must be true or false',
);

/** Random bytes for a key, or left out. */
export const secretOrNothing: Check = optional(
  (value) =>
    !(value instanceof Uint8Array && value.byteLength >= 32) &&
    'must be a Uint8Array of at least 32 random bytes',
);
