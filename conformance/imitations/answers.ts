import type { Answer } from '@coatcheck/testing';

/** The members of a JSON answer. */
export function membersOf({ body }: Answer): Record<string, unknown> {
  const value: unknown = JSON.parse(String(body));
  if (typeof value !== 'object' || value === null) throw new Error('not an object');
  return { ...value };
}

/** As a form: what GitHub sends unless it is asked for JSON, and sometimes then. */
export function formAnswer(members: Record<string, unknown>, status = 200): Answer {
  const texts = Object.entries(members).map(([name, value]) => [name, String(value)]);
  const body = new URLSearchParams(Object.fromEntries(texts)).toString();
  return {
    status,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body,
  };
}
