import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

requirement(
  'BFF-LOGIN-02',
  'every sign-in has a code challenge S256 of its own, and redeems it',
  async () => {
    await rig.signedIn();
    await rig.signedIn();
    const challenges = rig.as.requestsOf('authorize').map(({ query }) => {
      expect(query.get('code_challenge_method')).toBe('S256');
      return query.get('code_challenge');
    });
    const verifiers = rig.as.requestsOf('token').map(({ form }) => form.get('code_verifier') ?? '');
    expect(new Set(challenges).size).toBe(2);
    for (const verifier of verifiers) expect(verifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
    expect(verifiers.map((verifier) => createHash('sha256').update(verifier).digest('base64url'))).toEqual(
      challenges,
    );
  },
);
