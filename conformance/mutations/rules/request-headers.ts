import { type Mutation, mutationsOf } from '../mutation.ts';

const headers = 'packages/bff/src/proxy/request-headers.ts';
const headersTest = 'packages/bff/test/proxy/request-headers.test.ts';
const fields = 'packages/bff/src/proxy/fields.ts';
const addressTest = 'conformance/tests/trusted-proxies.test.ts';
const addedTest = 'packages/bff/test/proxy/added-headers.test.ts';
const fieldsTest = 'conformance/tests/request-fields.test.ts';

/** Alternatives of the names that an upstream might believe. */
const believed = [
  'origin$|',
  'referer$|',
  'sec-fetch-|',
  '(?:[a-z0-9]+-)*client-?ip$|',
  '[a-z]+-(?:connecting|socket)-ip|',
  'x-azure-socketip$|',
  'x-originating-|',
  'x-remote-|',
  'x-proxyuser-|',
  'x-cluster-|',
  'x-envoy-|',
  'x-appengine-|',
  'cdn-src-ip$|',
  'x-real-|',
  'x-user|',
  '|remote-|',
  'x-auth|',
  'x-webauth-|',
  'x-goog-|',
  'x-ms-client-|',
  'x-ms-token-|',
  'x-amzn-oidc-|',
  'cf-access-|',
  'x-pomerium-|',
  'tailscale-|',
  'x-jwt|',
  'x-id-token|',
  'x-access-token|',
  'x-consumer-|',
  'x-credential-|',
  'client-cert|',
  'ssl-|x-ssl',
  'x-ssl-|',
  'x-tls-|',
];

/** What reaches an API, and what never does (BFF-PROXY-05 to -08, -10, -11, BFF-PROXY-18). */
export const requestHeaderRules: readonly Mutation[] = [
  ...mutationsOf(headers, headersTest, [
    ...[
      'host',
      'authorization',
      'x-request-id',
      'connection',
      'keep-alive',
      'te',
      'trailer',
      'transfer-encoding',
    ].map((name) => [`never crosses: ${name}`, `\n  '${name}',`, ''] as const),
    ...['upgrade', 'http2-settings', 'expect', 'cookie', 'cookie2', 'dpop', 'forwarded', 'x-real-ip'].map(
      (name) => [`never crosses: ${name}`, `\n  '${name}',`, ''] as const,
    ),
    ...['proxy-|', 'coatcheck-|', 'x-forwarded|', 'x-original|', 'x-rewrite|', 'x-http-method|'].map(
      (name) => [`never crosses: ${name}`, name, ''] as const,
    ),
    ['never crosses: x-method', '|x-method)', ')'],
    ...believed.map((name) => [`is not believed: ${name}`, name, name.startsWith('|') ? '|' : ''] as const),
    ['is not believed: x-requested-with', '|x-requested-with$', ''],
    ['is not believed: x-host', '|x-host$', ''],
    ['is not believed: x-client-', '|x-client-', ''],
    ['is not believed: oidc-', '|oidc-', '|oidc-never-'],
    ['is not believed: x-anonymous-consumer', '|x-anonymous-consumer$', ''],
    ['is not believed: x-arr-', '|x-arr-', ''],
    ['is not believed: x-middleware-', "'x-middleware-'", "'x-middleware-never'"],
    [
      'spelled with an underscore: content-length',
      "  'content-length',\n  'content-type',\n  'via',",
      "  'content-type',\n  'via',",
    ],
    ['spelled with an underscore: content-type', "  'content-type',\n  'via',", "  'via',"],
    ['a route does not set via', "  'via',\n  'traceparent',", "  'traceparent',", addedTest],
    [
      'a route does not set traceparent',
      "  'traceparent',\n  'tracestate',\n]",
      "  'tracestate',\n]",
      addedTest,
    ],
    ['a route does not set tracestate', "  'tracestate',\n]", ']', addedTest],
    [
      'all spellings are one',
      "return /[^a-z0-9-]/.test(lower) ? lower.replace(/[^a-z0-9-]/g, '-') : lower;",
      'return lower;',
    ],
    ['underscores are hyphens', "lower.replace(/[^a-z0-9-]/g, '-')", "lower.replace(/[^a-z0-9_-]/g, '-')"],
    ['dots are hyphens', "lower.replace(/[^a-z0-9-]/g, '-')", "lower.replace(/[^a-z0-9.-]/g, '-')"],
    [
      'what is kept by name is kept in that spelling',
      '!droppedByDefault.test(spelled) || kept.has(lower)',
      '!droppedByDefault.test(spelled) || kept.has(spelled)',
    ],
    [
      'no route keeps what never crosses',
      'if (isNeverForwarded(spelled)) return false;',
      'if (isNeverForwarded(spelled) && !kept.has(lower)) return false;',
    ],
    [
      'no route may name what never crosses',
      'names.filter((name) => isNeverForwarded(spelling(name.toLowerCase())))',
      '[] as string[]',
    ],
    ['what Connection names goes', 'crosses && !named.has(lower)', 'crosses'],
    ['Host is the upstream’s', "    'host',\n    input.upstreamHost,\n", ''],
    ['the token goes along', 'if (token !== null) headers.push', 'if (false) headers.push'],
    ['what the route adds goes along', 'if (added) headers.push(...added);', '', addedTest],
    [
      'none of the browser’s has the name of what the route adds',
      ' && !added?.has(spelling(lower))',
      '',
      addedTest,
    ],
    ['a circle is broken', "if ((received.match(ourVia)?.length ?? 0) >= 2) return { kind: 'loop' };", ''],
    ['once round is no circle', '>= 2) return', '>= 1) return'],
    ['Via is handed on', "received === '' ? hop : `${received}, ${hop}`", 'hop'],
    [
      'Via names HTTP/2',
      'pseudo === 0 ? `1.1 ${viaPseudonym}` : `2.0 ${viaPseudonym}`',
      '`1.1 ${viaPseudonym}`',
    ],
    ['pseudo fields stay here', "while (rawHeaders[pseudo]?.[0] === ':') pseudo += 2;", ''],
    ['one traceparent', 'traceparents.length === 1 && ', ''],
    ['a valid traceparent', 'validTraceparent.test(first)', 'true'],
    ['no state without its parent', 'if (traced) for', 'for'],
    [
      'a route sets nothing that is ours',
      'return isNeverForwarded(spelled) || misspeltOnly',
      'return misspeltOnly',
      addedTest,
    ],
    [
      'a route sets nothing of the body or the trace',
      'misspeltOnly.has(spelled) || /^(?:content-|sec-)/',
      '/^(?:content-|sec-)/',
      addedTest,
    ],
    ['a route sets nothing of a handshake', '/^(?:content-|sec-)/', '/^(?:content-)/', addedTest],
  ]),
  ...mutationsOf('packages/bff/src/proxy/request-names.ts', headersTest, [
    ['a name is judged in lower case', 'const lower = name.toLowerCase();', 'const lower = name;'],
  ]),
  ...mutationsOf(fields, headersTest, [
    [
      'Connection in any case',
      "if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;",
      "if (name !== 'connection') continue;",
    ],
    ['names in Connection in any case', "(rawHeaders[i + 1] ?? '').toLowerCase()", "rawHeaders[i + 1] ?? ''"],
    [
      'each of the names in Connection',
      "for (const option of value.split(','))",
      'for (const option of [value])',
    ],
    ['names in Connection without their spaces', 'named.add(option.trim())', 'named.add(option)'],
  ]),
  ...mutationsOf('packages/bff/src/proxy/client-address.ts', addressTest, [
    [
      'a peer that nobody trusts is not heard',
      'if (said === undefined || !isTrusted(peer)) return way;',
      'if (said === undefined) return way;',
    ],
    ['what the client wrote is cut off', 'if (!isTrusted(address)) break;', ''],
    [
      'what is no address ends it',
      'if (address === undefined) break;',
      'if (address === undefined) continue;',
      'packages/bff/test/limits/client-address.test.ts',
    ],
    ['read from the end', "String(said).split(',').reverse()", "String(said).split(',')"],
  ]),
  ...mutationsOf('packages/bff/src/proxy/admission.ts', fieldsTest, [
    [
      'host and scheme come from publicUrl',
      'host: parts.settings.publicUrl.host,',
      "host: String(request.headers['x-forwarded-host'] ?? parts.settings.publicUrl.host),",
    ],
    [
      'who calls needs a session',
      "withoutSession(call, found.kind === 'none' ? 'none' : 'expired');",
      'pass(call, undefined, undefined);',
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/added-headers.ts', addedTest, [
    [
      'claim headers of one route are kept from all',
      'const ofClaims = routes.flatMap((route) => Object.keys(route.claimHeaders));',
      'const ofClaims = Object.keys(claimHeaders);',
    ],
    [
      'no control from a claim',
      'scalarText(value, /[^\\x20-\\x7e]|%|^ | $/gu)',
      'scalarText(value, /%|^ | $/gu)',
    ],
    ['an escape in a claim is escaped', '/[^\\x20-\\x7e]|%|^ | $/gu', '/[^\\x20-\\x7e]|^ | $/gu'],
    ['spaces at the ends of a claim are escaped', '/[^\\x20-\\x7e]|%|^ | $/gu', '/[^\\x20-\\x7e]|%/gu'],
    ['no entry of a list passes for two', '/[^\\x20-\\x7e]|[%,]|^ | $/gu', '/[^\\x20-\\x7e]|%|^ | $/gu'],
    ['a claim is not longer than a header', ' || text.length > longestValue', ''],
    ['a list with an object says nothing', 'texts.every((one) => one !== undefined)', 'true'],
  ]),
];
