import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { clientAddress } from '../../src/proxy/client-address.ts';

const proxies = ['10.0.0.0/8', '2001:db8:ffff::/48', '127.0.0.1'];

function called(peer: string | undefined, said?: string): string {
  const request = {
    socket: { remoteAddress: peer },
    headers: said === undefined ? {} : { 'x-forwarded-for': said },
  };
  return clientAddress(proxies)(request as unknown as IncomingMessage);
}

test('whoever is no trusted proxy is the client, whatever it says', () => {
  expect(called('192.0.2.7')).toBe('192.0.2.7');
  expect(called('192.0.2.7', '198.51.100.1')).toBe('192.0.2.7');
  expect(called('::ffff:192.0.2.7', '198.51.100.1')).toBe('192.0.2.7');
  expect(called('2001:db8::1', '198.51.100.1')).toBe('2001:db8::1');
});

test('behind trusted proxies it is the last address that is none of them', () => {
  expect(called('10.0.0.1', '198.51.100.1')).toBe('198.51.100.1');
  expect(called('::ffff:10.0.0.1', '198.51.100.1')).toBe('198.51.100.1');
  expect(called('10.0.0.1', '203.0.113.5, 198.51.100.1')).toBe('198.51.100.1');
  expect(called('10.0.0.1', '203.0.113.5, 198.51.100.1, 10.3.0.9')).toBe('198.51.100.1');
  expect(called('2001:db8:ffff::9', '2001:db8::7')).toBe('2001:db8::7');
});

test('what a client put before its own address is not believed', () => {
  for (const forged of ['127.0.0.1', '10.1.1.1', 'unknown', '', '198.51.100.9'])
    expect(called('10.0.0.1', `${forged}, 203.0.113.5`)).toBe('203.0.113.5');
});

test('addresses with ports and brackets are read', () => {
  expect(called('10.0.0.1', '198.51.100.1:4711')).toBe('198.51.100.1');
  expect(called('10.0.0.1', '[2001:db8::7]:4711')).toBe('2001:db8::7');
  expect(called('10.0.0.1', '[2001:db8::7]')).toBe('2001:db8::7');
  expect(called('10.0.0.1', ' 2001:db8::7 ')).toBe('2001:db8::7');
});

test('where a proxy says nothing that is an address, its own is all that is known', () => {
  for (const nothing of ['unknown', '', 'a.example', '_hidden', '1.2.3', '01.2.3.4', '1.2.3.4, ', '::g'])
    expect(called('10.0.0.1', nothing), nothing).toBe('10.0.0.1');
  // What stands before it may be the client's.
  expect(called('10.0.0.1', '198.51.100.9, unknown')).toBe('10.0.0.1');
  expect(called('10.0.0.1', '198.51.100.9, ::g, 10.0.0.2')).toBe('10.0.0.2');
  expect(called('10.0.0.1')).toBe('10.0.0.1');
  expect(called(undefined)).toBe('unknown');
});

test('the zone of a link-local peer is no hindrance', () => {
  expect(called('fe80::1%eth0', '198.51.100.1')).toBe('fe80::1%eth0');
});
