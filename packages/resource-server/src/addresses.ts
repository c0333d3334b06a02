/** Whether an address may be trusted with keys: https, or http that stays on this machine. */
export function isAcceptableUrl(text: string, allowInsecureHttp: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && (allowInsecureHttp || isLoopback(hostname)));
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
