/**
 * Origins that a careless comparison takes for ours, each as it may stand in an `Origin` field.
 *
 * @param own our own origin
 */
export function nearMisses(own: string): string[] {
  const { protocol, hostname, host, port } = new URL(own);
  return [
    'https://evil.test',
    'null',
    '',
    `${own}.evil.test`,
    `${protocol}//evil.${host}`,
    `${protocol}//evil${host}`,
    `${protocol}//${hostname}.evil.test:${port}`,
    `${protocol}//${hostname}:${Number(port) + 1}`,
    `${protocol}//${hostname}`,
    `${protocol === 'http:' ? 'https:' : 'http:'}//${host}`,
    `ftp://${host}`,
    `${protocol}//127.0.0.1:${port}`,
    `${protocol}//[::1]:${port}`,
    `${protocol}//user@${host}`,
    `${own}/`,
    `${own}#`,
    `${own}, https://evil.test`,
    `https://evil.test ${own}`,
    own.toUpperCase(),
    `${own}%00.evil.test`,
    `//${host}`,
    host,
    '*',
  ];
}
