import { type Mutation, mutationsOf, withoutEach } from '../mutation.ts';

const headers = 'packages/bff/src/proxy/response-headers.ts';
const headersTest = 'packages/bff/test/proxy/response-headers.test.ts';
const fields = 'packages/bff/src/proxy/response-fields.ts';

const dropped = [
  ...['connection', 'keep-alive', 'te', 'upgrade', 'via', 'set-cookie2', 'strict-transport-security'],
  ...['content-security-policy-report-only', 'x-content-security-policy'],
  ...['x-webkit-csp', 'integrity-policy', 'integrity-policy-report-only', 'document-policy'],
  ...['document-policy-report-only', 'require-document-policy', 'feature-policy', 'permissions-policy'],
  ...['permissions-policy-report-only', 'x-permitted-cross-domain-policies', 'expect-ct', 'public-key-pins'],
  ...['public-key-pins-report-only', 'accept-ch', 'critical-ch', 'origin-agent-cluster', 'origin-trial'],
  ...['supports-loading-mode', 'activate-storage-access', 'observe-browsing-topics', 'clear-site-data'],
  ...['service-worker-allowed', 'refresh', 'alt-svc', 'set-login', 'use-as-dictionary', 'speculation-rules'],
  ...['no-vary-search', 'x-dns-prefetch-control', 'sourcemap', 'x-sourcemap', 'dpop-nonce', 'nel'],
  ...['report-to', 'reporting-endpoints', 'timing-allow-origin', 'server', 'x-powered-by', 'x-runtime'],
  ...['x-generator', 'x-backend-server', 'x-sendfile'],
];
const droppedPrefixes = [
  ...['access-control-|', 'coatcheck-|', 'proxy-|', '(?:sec-session-|', 'secure-session-|', 'x-accel-|'],
  ...['cross-origin-|', 'attribution-|'],
];

/** What an API may say on our origin (BFF-PROXY-12 to -15, -19, BFF-LEAK-07, -08). */
export const responseHeaderRules: readonly Mutation[] = [
  ...withoutEach(fields, headersTest, 'is not relayed', dropped),
  ...mutationsOf(fields, headersTest, [
    ...droppedPrefixes
      .filter((name) => name !== '(?:sec-session-|')
      .map(
        (name) =>
          [
            `is not relayed: ${name}`,
            name === 'access-control-|' ? '(?:access-control-|' : `|${name}`,
            name === 'access-control-|' ? '(?:' : '|',
          ] as const,
      ),
    ['is not relayed: x-aspnet', '|x-aspnet)', ')'],
    ['no answer is kept: cache-control', '/^(?:cache-control|expires', '/^(?:expires'],
    ['no answer is kept: expires', '|expires|', '|'],
    ['no answer is kept: pragma', '|pragma|', '|'],
    ['no answer is kept: surrogate-control', '|surrogate-control|', '|'],
    ['no answer is kept: edge-control', '|edge-control)', ')'],
    ['no answer is kept: of one cache alone', '|-cache-control$/', '/'],
    ...[
      'set-cookie|',
      'www-authenticate|',
      'location|',
      'vary|',
      'age|',
      'date|',
      'host|',
      'link|',
      'trailer|',
      'transfer-encoding|',
    ].map(
      (name) =>
        [
          `not in trailers: ${name}`,
          name === 'set-cookie|' ? '(?:set-cookie|' : `|${name}`,
          name === 'set-cookie|' ? '(?:' : '|',
        ] as const,
    ),
    ['not in trailers: content-*', '|content-.*)', ')'],
    ['not in trailers: of caches', '!cachePolicy.test(lower) && ', ''],
  ]),
  ...mutationsOf(headers, headersTest, [
    ['nosniff', "['x-content-type-options', 'nosniff'],", ''],
    [
      'a content policy',
      "['content-security-policy', options.contentSecurityPolicy ?? strictContentSecurityPolicy],",
      '',
    ],
    ['the policy is a sandbox', "sandbox; default-src 'none'", "default-src 'none'"],
    ['the policy loads nothing', "default-src 'none'; base-uri", 'default-src *; base-uri'],
    ['nobody frames an answer', "; frame-ancestors 'none'", ''],
    ['no status that is none', 'if (status < 200 || status > 599)', 'if (false)'],
    ['a field name is a token', "if (!rule.isToken) return invalid('a field name is not a token');", ''],
    [
      'no control in a field value',
      "if (!fieldValue.test(value)) return invalid('a field value holds a control');",
      '',
    ],
    ['the token does not come back in a field', 'if (echoes(value, context.token)) {', 'if (false) {'],
    [
      'the token does not come back in a location',
      "if (lower === 'location') return invalid('the location holds the access token');",
      '',
    ],
    ['that it came back is told', 'draft.tokenEchoed = true;', ''],
    [
      'one coding',
      "draft.coding !== undefined || value.toLowerCase() !== 'chunked'",
      "value.toLowerCase() !== 'chunked'",
    ],
    [
      'no coding but chunked',
      "draft.coding !== undefined || value.toLowerCase() !== 'chunked'",
      'draft.coding !== undefined',
    ],
    ['one location', "if (draft.location !== undefined) return invalid('more than one location');", ''],
    ['what Connection names goes', '!rule.isDropped && !named.has(lower)', '!rule.isDropped'],
    ['what is not relayed is not', '!rule.isDropped && !named.has(lower)', '!named.has(lower)'],
    ['no cache keeps an answer', "if (rules.cacheControl !== 'upstream') return;", ''],
    [
      'no word on caching: none keeps it',
      "if (!mayBeStored) headers.push('cache-control', defaultCacheControl);",
      '',
    ],
    [
      'where a route leaves caching to the API, its word counts',
      "if (lower === 'cache-control') draft.cacheControl = true;",
      '',
    ],
    [
      'nothing is kept with a cookie',
      'draft.cacheControl === true && draft.setsCookie === undefined',
      'draft.cacheControl === true',
    ],
    [
      'nothing is said to caches beside a cookie',
      'if (!draft.setsCookie) headers.push(...draft.caching);',
      'headers.push(...draft.caching);',
    ],
    ['private, no-store', "'private, no-store'", "'private'"],
    [
      'Vary has Cookie',
      "headers.push('vary', withCookie(draft.vary));",
      "headers.push('vary', draft.vary.join(', '));",
    ],
    [
      'Vary has Cookie where the API names others',
      'return /(?:^|,)\\s*cookie\\s*(?:,|$)/i.test(names) ? names : `${names}, Cookie`;',
      'return names;',
    ],
    ['another name with cookie in it is not Cookie', '/(?:^|,)\\s*cookie\\s*(?:,|$)/i', '/cookie/i'],
    ['no cookie', 'if (!mayCookiePass(value, rules)) return;', ''],
    ['only cookies allowed by name', ' || !allowedCookies.has(name)) return false', ') return false'],
    ['no cookie without a name', "if (name === '' || !allowedCookies", 'if (!allowedCookies'],
    ['never one of our cookies', 'return !ownCookies.some((own) => lower.startsWith(own));', 'return true;'],
    [
      'nor in other capitals',
      'ownCookies: [cookieNames().ticket.toLowerCase(), options.ownCookie.toLowerCase()]',
      'ownCookies: [cookieNames().ticket, options.ownCookie]',
    ],
    [
      'nor of the name that is usual',
      '[cookieNames().ticket.toLowerCase(), options.ownCookie.toLowerCase()]',
      '[options.ownCookie.toLowerCase()]',
    ],
    [
      'nor of the name that is configured',
      '[cookieNames().ticket.toLowerCase(), options.ownCookie.toLowerCase()]',
      '[cookieNames().ticket.toLowerCase()]',
    ],
    [
      'links are mapped',
      'const links = mapLinks(value, context);\n    if (links !== null) draft.headers.push(name, links);',
      'draft.headers.push(name, value);',
    ],
    [
      'Content-Location is mapped',
      "if (mapped.kind === 'inside') draft.headers.push(name, mapped.location);",
      "if (mapped.kind !== 'foreign') draft.headers.push(name, value);",
    ],
    [
      'challenges are looked at',
      'if (challenges !== null) draft.headers.push(name, challenges);',
      'draft.headers.push(name, value);',
    ],
    ['no length with 204', 'if (status === 204) return;', ''],
    ['event streams are not held back', "draft.headers.push('x-accel-buffering', 'no');", ''],
    [
      'no trailers to HTTP/1.0',
      "(draft.coding !== undefined && context.httpVersion === '1.1')",
      'draft.coding !== undefined',
    ],
    [
      'no trailers without chunks',
      "(draft.coding !== undefined && context.httpVersion === '1.1')",
      "context.httpVersion === '1.1'",
    ],
    ['no trailers with HEAD', "context.method !== 'HEAD' && status !== 204", 'status !== 204'],
    ['no trailers with 304', 'status !== 204 && status !== 304', 'status !== 204'],
    [
      'no redirect out of the prefix',
      'else if (redirects) return invalid(`a redirect that is ${mapped.kind}`);',
      '',
    ],
    [
      'a redirect is mapped',
      "if (mapped.kind === 'inside') headers.push('location', mapped.location);",
      "if (mapped.kind === 'inside') headers.push('location', location);",
    ],
    [
      'a trailer’s name is a token',
      'if (!isToken || !fieldValue.test(value) || echoes(value, token)) continue;',
      'if (!fieldValue.test(value) || echoes(value, token)) continue;',
    ],
    [
      'no control in a trailer',
      'if (!isToken || !fieldValue.test(value) || echoes(value, token)) continue;',
      'if (!isToken || echoes(value, token)) continue;',
    ],
    [
      'the token does not come back in a trailer',
      'if (!isToken || !fieldValue.test(value) || echoes(value, token)) continue;',
      'if (!isToken || !fieldValue.test(value)) continue;',
    ],
    ['what is not relayed is no trailer', '!isDropped && mayFollowContent(lower)', 'mayFollowContent(lower)'],
    [
      'what must come before the content is no trailer',
      '!isDropped && mayFollowContent(lower)',
      '!isDropped',
    ],
    ['a hint is a link alone', "if (rawHeaders[i]?.toLowerCase() !== 'link') continue;", ''],
    [
      'no control in a hint',
      '!fieldValue.test(value) || echoes(value, context.token)',
      'echoes(value, context.token)',
    ],
    [
      'the token does not come back in a hint',
      '!fieldValue.test(value) || echoes(value, context.token)',
      '!fieldValue.test(value)',
    ],
    [
      'an anonymous call has no token to look for',
      "token !== null && token !== '' && ",
      'token !== null && ',
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/response-names.ts', headersTest, [
    ['ours take the place of theirs', ' || replaced.has(lower)', ''],
    ['names in any case', 'const lower = name.toLowerCase();', 'const lower = name;'],
  ]),
  ...mutationsOf('packages/bff/src/proxy/location.ts', headersTest, [
    ['another origin is another', "if (url.origin !== map.upstreamOrigin) return { kind: 'foreign' };", ''],
    [
      'what is no reference is none',
      "if (url === null) return { kind: 'malformed' };",
      "if (url === null) return { kind: 'inside', location: reference };",
    ],
    [
      'under the path of the upstream',
      "if (!pathname.startsWith(map.upstreamPath)) return { kind: 'outside' };",
      '',
    ],
    ['the path ends with a segment', "if (rest !== '' && rest[0] !== '/') return { kind: 'outside' };", ''],
    ['no path that names a host', "if (path.startsWith('//')) return { kind: 'outside' };", ''],
    ['query and fragment go along', 'path + url.search + url.hash', 'path'],
  ]),
  ...mutationsOf('packages/bff/src/proxy/links.ts', headersTest, [
    [
      'a link names nothing inside',
      "if (target === '' || parameters.includes(map.upstreamOrigin)) return [];",
      "if (target === '') return [];",
    ],
    [
      'what is elsewhere is not loaded',
      "mapped.kind === 'foreign' && !isLoaded(parameters)",
      "mapped.kind === 'foreign'",
    ],
    ['a link without a relation is not kept', 'names.length === 0 || ', ''],
    ['relations in any case', '.toLowerCase().split(/\\s+/)', '.split(/\\s+/)'],
    ['each of several relations', '.split(/\\s+/)', ".split('\\0')"],
    [
      'commas in a target',
      "inside === '' && char === '<') inside = '>'",
      "inside === '' && char === '<') inside = ''",
    ],
    [
      'commas in quotes',
      "inside === '' && char === '\"') inside = '\"'",
      "inside === '' && char === '\"') inside = ''",
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/challenges.ts', 'packages/bff/test/proxy/challenges.test.ts', [
    ['only challenges about tokens', '.filter(({ scheme }) => tokenSchemes.has(scheme))', ''],
    ['a quote that stays open ends it', 'return quoted ? null : elements;', 'return elements;'],
    [
      'what no challenge precedes is none',
      'if (challenge === undefined) return null;',
      'if (challenge === undefined) continue;',
    ],
    [
      'Basic about an invalid token refuses none',
      "tokenSchemes.has(scheme) && params.get('error') === 'invalid_token'",
      "params.get('error') === 'invalid_token'",
    ],
    [
      'another error refuses no token',
      "tokenSchemes.has(scheme) && params.get('error') === 'invalid_token'",
      'tokenSchemes.has(scheme)',
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/admission.ts', 'conformance/tests/answer-fields.test.ts', [
    ['no service worker', "if (request.headers['service-worker'] !== undefined)", 'if (false)'],
  ]),
];
