import { expect, test } from 'vitest';
import { cookiesNamed } from '../../src/ticket/cookies.ts';

const name = '__Host-Http-coatcheck';

test.each([
  [`${name}=a`, ['a']],
  [`other=1; ${name}=a; last=2`, ['a']],
  [`other=1;${name}=a`, ['a']],
  [`\t${name} = a ;x=y`, ['a']],
  [`${name}=a=b`, ['a=b']],
  [`${name}=`, ['']],
  [`${name}=a%20b`, ['a b']],
  [`${name}=%zz`, ['']],
  [`${name}=a; ${name}=b`, ['a', 'b']],
  [`${name}=${name}; x=1`, [name]],
  [`x=${name}=a`, []],
  [`x=${name}; ${name}=a`, ['a']],
  [`${name}-here=a`, []],
  [`${name}-here=a; ${name}=b`, ['b']],
  [`not${name}=a`, []],
  [`${name}`, []],
  [`${name}; x=1`, []],
  [`=${name}`, []],
  ['x=1', []],
  ['', []],
])('in %j', (cookie, values) => {
  expect(cookiesNamed({ cookie }, name)).toEqual(values);
});

test('without cookies there are none', () => {
  expect(cookiesNamed({}, name)).toEqual([]);
});
