import { isLoopback } from '@coatcheck/bff';

/** A discovery document, read with mistrust: a member of a wrong type is as good as absent, and is told of. */
export interface Metadata {
  text(name: string): string | undefined;
  /** Undefined where it is absent. */
  texts(name: string): readonly string[] | undefined;
  flag(name: string): boolean | undefined;
  /** Names of members that were asked for and have a wrong type. */
  readonly malformed: ReadonlySet<string>;
}

/** @returns undefined where the document is no JSON object */
export function readMetadata(document: unknown): Metadata | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined;
  const members: Readonly<Record<string, unknown>> = { ...document };
  const malformed = new Set<string>();

  function read<T>(name: string, isRight: (value: unknown) => value is T): T | undefined {
    const value = Object.hasOwn(members, name) ? members[name] : undefined;
    if (value === undefined || value === null) return undefined;
    if (isRight(value)) return value;
    malformed.add(name);
    return undefined;
  }

  return {
    text: (name) => read(name, isText),
    texts: (name) => read(name, isTextList),
    flag: (name) => read(name, (value): value is boolean => typeof value === 'boolean'),
    malformed,
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

/** Whether what is sent there is private: https, or http that stays on this machine. */
export function isPrivate(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

/**
 * Whether the doctor may call an endpoint: a document from elsewhere must not send it to a service of this machine.
 *
 * @param issuer where the document came from
 */
export function mayCall(endpoint: URL, issuer: URL): boolean {
  return isPrivate(endpoint) && (!isLoopback(endpoint) || isLoopback(issuer));
}
