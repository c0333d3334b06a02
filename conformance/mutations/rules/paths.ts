import { type Mutation, mutationsOf } from '../mutation.ts';

const target = 'packages/bff/src/proxy/target.ts';
const targetTest = 'packages/bff/test/proxy/target.test.ts';

/** No spelling leaves the prefix (BFF-PROXY-01 to -04, -16). */
export const pathRules: readonly Mutation[] = [
  ...mutationsOf(target, targetTest, [
    [
      'the prefix stands literally',
      'if (!path.startsWith(route.prefix))',
      'if (!decodeURIComponent(path).startsWith(route.prefix))',
    ],
    [
      'the prefix stands in its case',
      'if (!path.startsWith(route.prefix))',
      'if (!path.toLowerCase().startsWith(route.prefix))',
    ],
    ['the prefix is there', 'if (!path.startsWith(route.prefix))', 'if (false)'],
    ['the prefix ends with a segment', "if (rest !== '' && rest[0] !== '/')", 'if (false)'],
    [
      'no control, no fragment, no character beyond ASCII',
      'if (/[^\\x21-\\x7e]|#/.test(rawTarget))',
      'if (false)',
    ],
    ['no fragment', '/[^\\x21-\\x7e]|#/', '/[^\\x21-\\x7e]/'],
    [
      'nothing ambiguous',
      'if (needsALook.test(rest) && isAmbiguous(rest, route.encodedSlash))',
      'if (false)',
    ],
    ['a look at escapes', 'needsALook = /[%\\\\;]|', 'needsALook = /[\\\\;]|'],
    ['a look at backslashes', 'needsALook = /[%\\\\;]|', 'needsALook = /[%;]|'],
    ['a look at parameters', 'needsALook = /[%\\\\;]|', 'needsALook = /[%\\\\]|'],
    ['a look at dots and empty segments', '|\\/[./]/;', '/;'],
    ['no empty segment', "path.includes('//') || ", ''],
    ['no half escape', ' || incompleteEscape.test(path)', ''],
    ['an encoded slash needs leave', "encodedSlash === 'refuse' && escapedSlash.test(path)", 'false'],
    [
      'an encoded slash passes with leave',
      "encodedSlash === 'refuse' && escapedSlash.test(path)",
      'escapedSlash.test(path)',
    ],
    ['a slash that is encoded twice needs leave', '/%(?:25)*2f/i', '/%2f/i'],
    ['no backslash, no NUL', 'backslashOrControl.test(decoded) || ', ''],
    ['no NUL', '/[\\\\\\0\\r\\n]/', '/[\\\\\\r\\n]/'],
    ['no line break', '/[\\\\\\0\\r\\n]/', '/[\\\\\\0]/'],
    ['no overlong UTF-8', ' || overlongUtf8.test(decoded)', ''],
    ['overlong: c0', '/%c[01]|', '/%c1|'],
    ['overlong: c1', '/%c[01]|', '/%c0|'],
    ['overlong: three bytes', '%e0%[89]|', ''],
    ['overlong: four bytes', '%f0%8|', ''],
    ['beyond Unicode', '|%f[89a-f]/i', '/i'],
    ['no dot segment', "if (decoded.split('/').some(isDotSegment))", 'if (false)'],
    ['none that is encoded', 'decoded = next;', 'return false;'],
    ['none that is encoded twice', 'i <= maxDecodings', 'i <= 1'],
    [
      'escaped without end',
      '  return true;\n}\n\n/** Servers that know',
      '  return false;\n}\n\n/** Servers that know',
    ],
    ['no segment that is parameters alone', "parts.length > 1 && parts[0] === ''", 'false'],
    ['no dot segment with parameters', "const parts = segment.split(';');", 'const parts = [segment];'],
    ['no dot segment with spaces', '/^\\s*\\.\\.?\\s*$/', '/^\\.\\.?$/'],
    ['no single dot', '/^\\s*\\.\\.?\\s*$/', '/^\\s*\\.\\.\\s*$/'],
    ['the prefix is replaced', 'route.upstreamPath + rest', 'path'],
    ['the query crosses', "|| '/') + query", "|| '/')"],
  ]),
  ...mutationsOf('packages/bff/src/proxy/admission.ts', 'conformance/tests/request-paths.test.ts', [
    ['what is ambiguous goes nowhere', "if (target.kind !== 'ok') {", "if (target.kind === 'not_found') {"],
    [
      'what is not under the prefix goes nowhere',
      "if (target.kind !== 'ok') {",
      "if (target.kind === 'ambiguous') {",
    ],
  ]),
];
