import { expect, test } from 'vitest';
import { quantilesOf } from '../engine/quantiles.ts';
import { countsIn } from '../engine/stores/redis.ts';

test('quantiles are values that were measured', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect(quantilesOf(hundred)).toEqual({ count: 100, p50: 50, p99: 99, p999: 100, most: 100 });
  expect(quantilesOf([7])).toMatchObject({ p50: 7, p99: 7, most: 7 });
  expect(quantilesOf([]).p50).toBeNaN();
});

test('of what Redis monitors, commands of clients count, by name and kind of key', () => {
  const monitored = [
    'OK',
    '1339518083.107412 [0 127.0.0.1:60866] "GET" "coatcheck:session:abc"',
    '1339518084.107412 [0 127.0.0.1:60866] "get" "coatcheck:session:def"',
    '1339518085.107412 [0 127.0.0.1:60866] "EVALSHA" "0123" "1" "coatcheck:provider-session:xyz" "1"',
    '1339518086.107412 [0 lua] "ZADD" "coatcheck:provider-session:xyz" "1" "a"',
    '1339518087.107412 [0 127.0.0.1:60867] "ECHO" "the-end"',
    '',
  ];
  expect([...countsIn(monitored.join('\n'))]).toEqual([
    ['get session', 2],
    ['evalsha provider-session', 1],
  ]);
});
