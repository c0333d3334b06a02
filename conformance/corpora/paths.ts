/**
 * Paths below a prefix that try to leave it, or to be another host's (advisories 4, 5, 6, 9, 12, 22). Each is a request
 * target as it stands on the wire.
 *
 * @param prefix for example `/api`
 */
export function escapingPaths(prefix: string): string[] {
  const name = prefix.slice(1);
  const [first = '', ...rest] = name;
  const escaped = `%${first.charCodeAt(0).toString(16)}${rest.join('')}`;
  return [
    // dot segments, plain and in every escape
    ...[
      '..',
      '.',
      '../secret',
      './x',
      'a/../../secret',
      'a/./b',
      'a/..',
      'a/.',
      '..%2fsecret',
      '..%2Fsecret',
    ],
    ...[
      '%2e%2e/secret',
      '%2E%2E/secret',
      '.%2e/secret',
      '%2e./secret',
      '%2e/x',
      '%2e%2e%2fsecret',
      'a/%2e%2e',
    ],
    ...[
      '%252e%252e/secret',
      '%252e%252e%252fsecret',
      '%25252e%25252e/x',
      '%25%32%65%25%32%65/secret',
      '..%252fx',
    ],
    // path parameters, which some servers cut off before they resolve dots
    ...[
      '..;/secret',
      '..;x/secret',
      '..;x=1;y/secret',
      '%2e%2e;/secret',
      '..%3b/secret',
      '..%3Bx/secret',
      ';/x',
    ],
    ...[';x/../secret', 'a;/../../secret', '.;x/b', 'a/;x/..', '..;%2fsecret', ';', 'a/;b'],
    // backslashes
    ...[
      '..\\secret',
      '\\..\\secret',
      '\\secret',
      '..%5csecret',
      '..%5Csecret',
      '%5c..%5csecret',
      '%5csecret',
    ],
    ...['%255c..%255csecret', 'a\\..\\..\\secret', '\\\\evil.test\\x', '%2e%2e%5csecret'],
    // empty segments
    ...[
      '/secret',
      '//secret',
      '/evil.test/x',
      'a//b',
      'a//../b',
      '%2fsecret',
      '%2f%2fevil.test',
      '/%2e%2e/secret',
    ],
    // a dot or slash in too many bytes, or in a broken sequence (RFC 3629 §3)
    ...[
      '%c0%ae%c0%ae/secret',
      '%c0%ae%c0%ae%c0%afsecret',
      '%e0%80%ae%e0%80%ae/x',
      '%f0%80%80%ae/x',
      '%c1%9csecret',
    ],
    ...['%c0%2e%c0%2e/secret', '%c0%5c', '%f8%80%80%80%ae/x', '%fc%80%80%80%80%ae/x', '%u002e%u002e/secret'],
    // what ends a path early for a later reader
    ...[
      '%00/../secret',
      'a%00.css',
      '%2500',
      '..%00/secret',
      '%',
      'a%',
      'a%2',
      '%zz',
      '%2',
      'a%g0',
      '%%32%65',
    ],
    // white space and controls, which some trim
    ...[
      '.. /secret',
      '..%20/secret',
      '%20../secret',
      '..%09/secret',
      '..%0a/secret',
      '%0d%0aHost:%20evil.test',
      '..\t/x',
    ],
  ]
    .map((path) => `${prefix}/${path}`)
    .concat(
      // around the prefix
      ...[`/${name}/../${name}/x`, `//${name}/x`, `/./${name}/x`, `/x/..${prefix}/x`, `/%2f${name}/x`],
      ...[
        `/${escaped}/x`,
        `/${escaped.toUpperCase()}/x`,
        `${prefix}%2fx`,
        `${prefix};x/y`,
        `${prefix}\\x`,
        `${prefix}..`,
      ],
      ...[
        `${prefix}x/y`,
        `${prefix}%00/x`,
        `${prefix}%20/x`,
        `${prefix}../x`,
        `${prefix.toUpperCase()}/x`,
        `;${prefix}/x`,
      ],
      ...[`${prefix}%3fx`, `${prefix}%23x`, `\\${name}/x`, `/${name}%c0%afx`],
    );
}

/** Paths that look like another authority to somebody who joins strings. */
export function foreignAuthorities(prefix: string): string[] {
  return [
    '/evil.test/x',
    '@evil.test/x',
    '/@evil.test/x',
    '/http:/evil.test',
    '/http://evil.test/',
    ':80/x',
    ':@evil.test',
  ]
    .concat([
      '.evil.test/x',
      '/%40evil.test',
      '/%2f%2fevil.test',
      '//evil.test',
      '/\\evil.test',
      '/;@evil.test',
      '%2eevil.test',
    ])
    .concat([
      '?@evil.test',
      '/?//evil.test',
      '/?u=http://evil.test/',
      '/%3a80',
      '/%68ttp:%2f%2fevil.test',
      '/x?a=/../../b',
    ])
    .map((more) => `${prefix}${more}`);
}

/** Targets that are no path at all, or end in a fragment (RFC 9112 §3.2). */
export function otherForms(host: string, prefix: string): string[] {
  return [
    ...[
      'http://evil.test/',
      `http://evil.test${prefix}/x`,
      `http://${host}${prefix}/x`,
      `HTTP://${host}${prefix}/x`,
    ],
    ...[
      `https://${host}${prefix}/x`,
      'http:',
      'ftp://evil.test/',
      'file:///etc/passwd',
      'evil.test',
      'evil.test:80',
      '*',
    ],
    ...[
      `//${host}${prefix}/x`,
      '',
      '?x',
      '@evil.test',
      prefix.slice(1),
      `${prefix}/x#/../y`,
      `${prefix}#x`,
      '/#',
      '#',
    ],
    ...[
      `${prefix}/x?y#z`,
      `${prefix}/x?#`,
      `${prefix}/caf\xe9`,
      `${prefix}/\x7f`,
      `${prefix}/x y`,
      `${prefix}/\x01`,
    ],
  ];
}

/** Paths and queries that are plain, however they look, and pass byte for byte. */
export const plainPaths: readonly string[] = [
  ...[
    '',
    '/',
    '/notes',
    '/notes/',
    '/a.b',
    '/...',
    '/.../x',
    '/..a',
    '/a..',
    '/.well-known',
    '/a;b=c',
    '/a;b/c',
    '/~x',
  ],
  ...[
    '/%E2%82%AC',
    '/%e2%82%ac',
    '/%20',
    '/a%20b',
    '/a+b',
    '/%2B',
    '/%25',
    '/%2525',
    '/%41',
    '/@me',
    '/a:b',
    '/*',
    '/(x)',
  ],
  ...[
    "/!$&'()*,=",
    '/a%3Fb',
    '/a%23b',
    '/a%3Bb',
    '/%22',
    '/<x>',
    '/{x}',
    '/[x]',
    '/a|b',
    '/a^b',
    '/`x`',
    '/"x"',
  ],
  ...[
    '?',
    '?x',
    '?x=1&x=2&y=%20+',
    '?a[]=1',
    '?x=../../y',
    '?x=//evil.test',
    '?x=%00',
    '?x=%',
    '?x=%2F%5c',
    '??',
    '?a?b',
  ],
  ...[
    '?x=\\',
    '?__proto__[x]=1',
    '/x?access_token=1',
    '/%C3%BC%C3%9F',
    '/%F0%9F%98%80',
    `/${'x'.repeat(2_000)}`,
  ],
];
