import { expect, test } from 'vitest';
import { parseAutocannon, parseWrk } from '../load.ts';

test('the report of wrk is found among its words', () => {
  const output = `Running 2s test @ http://127.0.0.1:1/
  1 threads and 64 connections
Requests/sec:  11071.00
{"requests":22142,"duration_us":2004000,"p50_us":3900,"p99_us":85500,"failed":3}
`;
  expect(parseWrk(output)).toEqual({ requests: 22_142, seconds: 2.004, p50: 3.9, p99: 85.5, failed: 3 });
});

test('the report of autocannon counts bad answers as requests and as failed', () => {
  const report = {
    '2xx': 100,
    non2xx: 5,
    errors: 2,
    timeouts: 1,
    duration: 2.01,
    latency: { p50: 6, p99: 53 },
  };
  const parsed = parseAutocannon(JSON.stringify(report));
  expect(parsed).toEqual({ requests: 105, seconds: 2.01, p50: 6, p99: 53, failed: 8 });
});

test('no report is an error, not a zero', () => {
  expect(() => parseWrk('unable to connect to 127.0.0.1:1 Connection refused')).toThrow('no report');
  expect(() => parseWrk('{"requests":1}')).toThrow('lacks duration_us');
});
