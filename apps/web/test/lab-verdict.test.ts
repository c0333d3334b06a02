import { expect, test } from 'vitest';
import { readRecords } from '../src/learn/lab/findings.ts';
import { toneOf, verdictOf } from '../src/learn/lab/verdict.ts';

const access = {
  kind: 'access_token',
  beginning: 'eyJhbG',
  length: 900,
  usableUntil: '2026-01-01T00:05:00.000Z',
};
const refresh = { kind: 'refresh_token', beginning: 'abcdef', length: 43, usableUntil: null };
const answer = { status: 200, name: 'Alice Example' };

function verdictFor(findings: object[], forged?: 'written' | 'unwritten') {
  const records = findings.map((finding, id) => ({ id, from: 'storage', scenario: 'single', finding }));
  return verdictOf(readRecords({ records }), forged);
}

test('nothing has come: it was not run', () => {
  expect(verdictFor([])).toEqual({ kind: 'not-run' });
});

test('a stolen token counts until it runs out, and beyond that with a refresh token', () => {
  const until = new Date(access.usableUntil);
  expect(verdictFor([{ what: 'tokens', way: 'overheard', tokens: [access], answer }])).toEqual({
    kind: 'stolen',
    until,
    renewable: false,
  });
  const later = { ...access, usableUntil: '2026-01-01T00:10:00.000Z' };
  const both = [
    { what: 'tokens', way: 'storage', tokens: [access, refresh], answer },
    { what: 'renewed', tokens: [later, refresh], answer },
  ];
  expect(verdictFor(both)).toEqual({ kind: 'stolen', until: new Date(later.usableUntil), renewable: true });
  const refused = [...both, { what: 'renewal-refused', status: 400, error: 'invalid_grant' }];
  expect(verdictFor(refused)).toMatchObject({ kind: 'stolen', renewable: false });
});

test('data that left is told, though no token did', () => {
  const verdict = verdictFor([
    { what: 'nothing', readable: 75 },
    { what: 'data', name: 'Alice Example', email: 'alice@example.test' },
  ]);
  expect([verdict.kind, toneOf(verdict)]).toEqual(['data', 'bad']);
});

test('a forged form is judged by whether it wrote anything', () => {
  const tones = (['written', 'unwritten', undefined] as const).map((forged) =>
    toneOf(verdictFor([{ what: 'form-sent' }], forged)),
  );
  expect(tones).toEqual(['bad', 'good', 'plain']);
});

test('what the attacker’s server says beside its log is left out', () => {
  const finding = { what: 'nothing', readable: 75 };
  const records = [
    { id: 1, from: 'somebody', scenario: 'single', finding },
    { id: 2, from: 'storage', scenario: 'other', finding },
    { id: 3, from: 'storage', scenario: 'single', finding: { what: 'other' } },
    { id: 4, from: 'storage', scenario: 'single', finding },
  ];
  expect(readRecords({ records }).map(({ id }) => id)).toEqual([4]);
});
