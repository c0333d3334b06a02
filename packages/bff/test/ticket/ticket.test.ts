import { cookieNames } from '@coatcheck/protocol';
import { expect, test } from 'vitest';
import type { Sealing } from '../../src/ticket/sealing.ts';
import { createTickets } from '../../src/ticket/ticket.ts';

const names = cookieNames();
const sealed = 'AA+/;BB==';

/** Opens one value only, and counts how often it is asked. */
function counted() {
  const asked: string[] = [];
  const sealing: Sealing = {
    seal: () => sealed,
    open(_, value) {
      asked.push(value);
      if (value !== sealed) return undefined;
      return { values: { id: 'id', key: Buffer.alloc(32).toString('base64url') }, rotate: false };
    },
  };
  const tickets = createTickets(sealing, names, true);
  const read = (sent: string) => tickets.read({ cookie: `a=b; ${names.ticket}=${sent}` }).kind;
  return { asked, read };
}

test('a ticket is opened once, as it was set', () => {
  const { asked, read } = counted();
  const sent = encodeURIComponent(sealed);
  expect([read(sent), read(sent), read(sent)]).toEqual(['ticket', 'ticket', 'ticket']);
  expect(asked).toEqual([sealed]);
});

test('other ways to escape it open it too, and are not remembered: there are too many', () => {
  const { asked, read } = counted();
  const sent = [...Buffer.from(sealed)].map((byte) => `%${byte.toString(16)}`).join('');
  expect([read(sent), read(sent)]).toEqual(['ticket', 'ticket']);
  expect(asked).toEqual([sealed, sealed]);
});

test('what does not open is never remembered', () => {
  const { asked, read } = counted();
  expect([read('x'), read('x'), read('%')]).toEqual(['unusable', 'unusable', 'unusable']);
  expect(asked).toEqual(['x', 'x', '']);
});
