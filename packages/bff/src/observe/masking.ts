/** Parameters and members whose values nobody may see, though they are there. */
const secrets: ReadonlySet<string> = new Set([
  'access_token',
  'actor_token',
  'assertion',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'appsecret_proof',
  'fb_exchange_token',
  'id_token',
  'id_token_hint',
  'input_token',
  'login_hint',
  'logout_token',
  'nonce',
  'password',
  'refresh_token',
  'request',
  'request_uri',
  'response',
  'state',
  'subject_token',
  'token',
]);

const longestValue = 200;
/** Whoever asks can name any number of parameters, and what is shown is kept in memory. */
const mostShown = 50;

/** A value as it may be shown: something secret leaves its length alone. */
export function shown(name: string, value: string): string {
  if (secrets.has(name.toLowerCase())) return placeholder(value);
  return value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
}

/** In place of a secret. */
export function placeholder(value: string): string {
  return `‹${value.length} characters›`;
}

/** The parameters of a query or form, as they may be shown. */
export function shownParameters(parameters: URLSearchParams): [string, string][] {
  return named([...parameters]);
}

/** The members of a JSON object, as they may be shown. */
export function shownMembers(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return named(
    Object.entries(value).map(([name, member]) => [
      name,
      typeof member === 'string' ? member : JSON.stringify(member),
    ]),
  );
}

function named(fields: [string, string][]): [string, string][] {
  return fields.slice(0, mostShown).map(([name, value]) => [name.slice(0, longestValue), shown(name, value)]);
}
