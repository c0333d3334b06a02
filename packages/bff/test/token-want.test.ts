import { expect, it } from 'vitest';
import { slotOf, type TokenWant } from '../src/refresh/token-want.ts';

const want: TokenWant = { provider: 'main', resource: 'urn:api', scope: '', by: 'refresh' };

it('BFF-ADV-07: tokens for different resources, of different scopes, or got in different ways, are never one', () => {
  const wants: TokenWant[] = [
    want,
    { ...want, resource: 'urn:other' },
    { ...want, resource: '' },
    { ...want, scope: 'notes:read' },
    { ...want, scope: 'notes:read notes:write' },
    { ...want, resource: '', scope: 'notes:read' },
    { ...want, by: 'exchange' },
    { ...want, by: 'exchange', scope: 'notes:read' },
    { ...want, by: 'assertion', home: 'main' },
    { ...want, by: 'assertion', home: 'second' },
  ];
  expect(new Set(wants.map(slotOf)).size).toBe(wants.length);
});
