/**
 * Fields in which a client claims to be somebody else, somewhere else, or to want something else than its request
 * line says. Load balancers, gateways and frameworks write or read them, so an upstream may believe them.
 */
export const spoofedFields: readonly string[] = [
  // where from
  ...['X-Forwarded-For', 'X-Forwarded', 'X-Forwarded-By', 'X-Forwarded-Server', 'X-Forwarded-Client-Cert'],
  ...['Forwarded', 'X-Real-IP', 'True-Client-IP', 'CF-Connecting-IP', 'CF-Connecting-IPv6', 'X-Client-IP'],
  ...['Client-IP', 'X-Cluster-Client-IP', 'Fastly-Client-IP', 'Fly-Client-IP', 'X-Azure-ClientIP'],
  ...[
    'X-Azure-SocketIP',
    'X-Envoy-External-Address',
    'X-Appengine-User-IP',
    'X-Originating-IP',
    'X-Remote-IP',
  ],
  ...['X-Remote-Addr', 'X-ProxyUser-Ip', 'WL-Proxy-Client-IP', 'Proxy-Client-IP', 'CDN-Src-IP', 'X-Host'],
  // by which name, scheme and path
  ...['X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Port', 'X-Forwarded-Prefix', 'X-Forwarded-Uri'],
  ...['X-Forwarded-Path', 'X-Forwarded-Scheme', 'X-Forwarded-Ssl', 'X-Forwarded-Method', 'X-Original-URL'],
  ...['X-Original-Host', 'X-Original-Uri', 'X-Original-Method', 'X-Rewrite-URL', 'X-HTTP-Method-Override'],
  ...['X-HTTP-Method', 'X-Method-Override', 'X-Middleware-Subrequest', 'X-Middleware-Rewrite'],
  // who
  ...['X-User', 'X-User-Id', 'X-Username', 'X-Userinfo', 'X-Forwarded-User', 'X-Forwarded-Email'],
  ...['X-Forwarded-Access-Token', 'X-Forwarded-Groups', 'Remote-User', 'Remote-Groups', 'X-Remote-User'],
  ...['X-Auth-Request-User', 'X-Auth-Request-Access-Token', 'X-Authenticated-User', 'X-WebAuth-User'],
  ...['OIDC-CLAIM-sub', 'OIDC-access-token', 'X-Goog-IAP-JWT-Assertion', 'X-Goog-Authenticated-User-Email'],
  ...['X-MS-CLIENT-PRINCIPAL', 'X-MS-CLIENT-PRINCIPAL-ID', 'X-MS-TOKEN-AAD-ID-TOKEN', 'X-Amzn-Oidc-Identity'],
  ...['X-Amzn-Oidc-Data', 'Cf-Access-Jwt-Assertion', 'Cf-Access-Authenticated-User-Email'],
  ...['X-Pomerium-Jwt-Assertion', 'Tailscale-User-Login', 'X-JWT-Assertion', 'X-ID-Token', 'X-Access-Token'],
  ...['X-Consumer-Username', 'X-Credential-Identifier', 'Client-Cert', 'Client-Cert-Chain'],
  ...['X-SSL-Client-Cert', 'SSL-Client-S-DN', 'X-SSL-Client-Verify', 'X-Client-Cert', 'X-TLS-Client-Cert'],
  ...['X-ARR-ClientCert', 'Proxy-Authorization', 'Proxy-Authenticate', 'Proxy-Connection'],
];

/** One field's name as different servers would still read it: CGI and its heirs have one variable for all of these. */
export function spellingsOf(name: string): string[] {
  const underscored = name.replaceAll('-', '_');
  const spellings = [name, name.toLowerCase(), name.toUpperCase(), underscored, underscored.toUpperCase()];
  return [...new Set([...spellings, name.replaceAll('-', '.'), name.replace('-', '_')])];
}
