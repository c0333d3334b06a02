import { expect, test } from 'vitest';
import { returnTarget } from '../src/sign-in/return-target.ts';

test.each([
  ['?return_to=%2Fnotes%3Fq%3Dmilk%23top', '/notes?q=milk#top'],
  ['', '/'],
  ['?return_to=notes', '/'],
  ['?return_to=%2F%2Fevil.example', '/'],
  ['?return_to=%2F%5Cevil.example', '/'],
  ['?return_to=https%3A%2F%2Fevil.example', '/'],
  ['?return_to=javascript%3Aalert(1)', '/'],
])('%s leads to %s', (search, target) => {
  expect(returnTarget(search, 'http://localhost:3000')).toBe(target);
});
