import { describe, expect, it } from 'vitest';
import { navigationRefusalOf, refusalOf } from '../src/ticket/guard.ts';

const origin = 'https://app.example';
const header = { 'x-requested-with': 'coatcheck' };

describe('guard', () => {
  it.each([
    ['same origin by Fetch Metadata', 'GET', { 'sec-fetch-site': 'same-origin' }],
    ['same origin, state-changing', 'DELETE', { 'sec-fetch-site': 'same-origin', origin }],
    ['no Fetch Metadata, header on GET', 'GET', header],
    ['no Fetch Metadata, header on HEAD', 'HEAD', header],
    ['no Fetch Metadata, header and Origin on POST', 'POST', { ...header, origin }],
  ])('BFF-CSRF-04: passes %s', (_what, method, headers) => {
    expect(refusalOf({ method, headers }, origin, false)).toBeNull();
  });

  it.each([
    ['nothing on GET', 'GET', {}],
    ['nothing on POST', 'POST', {}],
    ['a header alone on POST', 'POST', header],
    ['a header alone on OPTIONS', 'OPTIONS', header],
    ['a header alone on DELETE', 'DELETE', header],
    ['Origin alone on POST', 'POST', { origin }],
    ['an empty header', 'GET', { 'x-requested-with': '' }],
    ['cross-site', 'GET', { 'sec-fetch-site': 'cross-site', ...header }],
    ['same-site: a sibling subdomain', 'POST', { 'sec-fetch-site': 'same-site', origin, ...header }],
    ['none: typed into the address bar', 'GET', { 'sec-fetch-site': 'none', ...header }],
    ['an unknown value', 'GET', { 'sec-fetch-site': 'Same-Origin', ...header }],
    [
      'a foreign Origin, whatever else it says',
      'POST',
      { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example', ...header },
    ],
    ['an opaque Origin', 'POST', { ...header, origin: 'null' }],
    ['http instead of https', 'POST', { ...header, origin: 'http://app.example' }],
    ['another port', 'POST', { ...header, origin: 'https://app.example:8443' }],
    ['a longer host', 'POST', { ...header, origin: 'https://app.example.evil' }],
  ])('BFF-CSRF-01, -03: refuses %s', (_what, method, headers) => {
    expect(refusalOf({ method, headers }, origin, false)).not.toBeNull();
  });

  it('asks for the header too where that is configured', () => {
    expect(
      refusalOf({ method: 'GET', headers: { 'sec-fetch-site': 'same-origin' } }, origin, true),
    ).not.toBeNull();
    expect(
      refusalOf({ method: 'GET', headers: { 'sec-fetch-site': 'same-origin', ...header } }, origin, true),
    ).toBeNull();
  });

  it('BFF-LOGIN-08: knows a navigation from a fetch, a frame and a prefetch', () => {
    expect(navigationRefusalOf({})).toBeNull();
    expect(navigationRefusalOf({ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' })).toBeNull();
    for (const headers of [
      { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
      { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-purpose': 'prefetch' },
      { purpose: 'prefetch' },
      { 'sec-fetch-mode': 'cors' },
      { 'sec-fetch-mode': 'same-origin', 'sec-fetch-dest': 'document' },
    ]) {
      expect(navigationRefusalOf(headers)).not.toBeNull();
    }
  });
});
