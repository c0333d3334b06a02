/**
 * The named parameters of a request target's query.
 *
 * @param target the raw request target
 * @param names the parameters that mean something; others are ignored (RFC 6749 §4.1.2)
 * @returns undefined where one of them is repeated (RFC 6749 §3.1) or anything is not percent-encoded UTF-8
 */
export function readQuery<Name extends string>(
  target: string,
  names: readonly Name[],
): Partial<Record<Name, string>> | undefined {
  const at = target.indexOf('?');
  return readForm(at < 0 ? '' : target.slice(at + 1), names);
}

/** The same for a form body (`application/x-www-form-urlencoded`). */
export function readForm<Name extends string>(
  form: string,
  names: readonly Name[],
): Partial<Record<Name, string>> | undefined {
  const known = new Set<string>(names);
  const found: Partial<Record<Name, string>> = {};
  for (const pair of form.split('&')) {
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    const value = decode(at < 0 ? '' : pair.slice(at + 1));
    if (name === undefined || value === undefined) return undefined;
    if (!isOneOf(name, known)) continue;
    if (Object.hasOwn(found, name)) return undefined;
    found[name] = value;
  }
  return found;

  function isOneOf(name: string, all: Set<string>): name is Name {
    return all.has(name);
  }
}

/** Under which the text of a form stands in a request's body: no JSON has it. */
const form = Symbol('form');

/** The body of a request that came as a form. @param text as it came */
export function formBody(text: string): object {
  return { [form]: text };
}

/** The text of a body that came as a form; undefined for JSON, whatever it holds. */
export function formText(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !(form in body)) return undefined;
  return typeof body[form] === 'string' ? body[form] : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
