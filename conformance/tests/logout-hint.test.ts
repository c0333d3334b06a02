import { expect } from 'vitest';
import { logLines } from '../evidence/log-lines.ts';
import { requirement } from '../requirement.ts';
import { startRig } from '../rig.ts';

requirement(
  'BFF-LEAK-05',
  'a hint is sent only where it was asked for, and the ID token not without a warning',
  async () => {
    for (const hint of ['logout_hint', 'id_token_hint']) {
      const rig = await startRig({ provider: { config: { logout: { hint } } } });
      try {
        const jar = await rig.signedIn();
        const answer = await jar.navigate(rig.bff.paths.logout, { method: 'POST', site: 'same-origin' });
        const query = new URL(answer.location ?? '').searchParams;
        expect(query.get('logout_hint')).toBe(hint === 'logout_hint' ? 'alice@example.test' : null);
        expect(query.has('id_token_hint')).toBe(hint === 'id_token_hint');
        const warnings = logLines(rig.bff.log()).filter(({ level }) => Number(level) >= 40);
        expect(warnings.map(({ msg }) => String(msg)).join()).toMatch(
          hint === 'id_token_hint' ? /ID token/ : /^$/,
        );
      } finally {
        await rig.close();
      }
    }
  },
);

requirement('BFF-LEAK-05', 'Auth0: the hint is the session there, and no ID token', async () => {
  const rig = await startRig({ provider: { config: { profile: 'auth0' } } });
  try {
    rig.as.settings.sid = 'session-at-auth0';
    const jar = await rig.signedIn();
    const answer = await jar.navigate(rig.bff.paths.logout, { method: 'POST', site: 'same-origin' });
    const query = new URL(answer.location ?? '').searchParams;
    expect(query.get('logout_hint')).toBe('session-at-auth0');
    expect(query.has('id_token_hint')).toBe(false);
  } finally {
    await rig.close();
  }
});
