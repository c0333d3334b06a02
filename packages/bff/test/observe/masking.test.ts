import { describe, expect, it } from 'vitest';
import { shownMembers, shownParameters } from '../../src/observe/masking.ts';

describe('what is shown of a message', () => {
  it('hides the values of secrets, however their names are written', () => {
    const shown = shownParameters(new URLSearchParams('Code=abc&state=defg&scope=openid'));
    expect(shown).toEqual([
      ['Code', '‹3 characters›'],
      ['state', '‹4 characters›'],
      ['scope', 'openid'],
    ]);
  });

  it('is bounded, whatever somebody asks or answers: it is kept in memory', () => {
    const many = Object.fromEntries(Array.from({ length: 9_000 }, (_, at) => [`name${at}`, 'x']));
    const long = { ['n'.repeat(10_000)]: 'v'.repeat(10_000) };
    for (const fields of [
      shownParameters(new URLSearchParams({ ...long, ...many })),
      shownMembers({ ...long, ...many }),
    ]) {
      expect(fields.length).toBeLessThanOrEqual(50);
      for (const [name, value] of fields) expect(name.length + value.length).toBeLessThanOrEqual(401);
    }
  });
});
