import { decodeProtectedHeader } from 'jose';
import { expect } from 'vitest';
import type { Journey } from './journey.ts';

export const signInJourneys: readonly Journey[] = [
  {
    name: 'signs in, and calls the API with a token that the server stands by and the browser never has',
    async make(stage) {
      const { kind, server, bff } = stage;
      const { jar } = await stage.signIn();
      const session = await stage.session(jar);
      expect(session).toMatchObject({ authenticated: true });

      const token = await stage.call(jar);
      expect(await server.isLive(token)).toBe(true);
      if (kind.offers.accessToken === 'opaque') expect(token).not.toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
      else expect(decodeProtectedHeader(token).alg).toMatch(/^(RS|PS|ES)256|EdDSA|Ed25519$/);

      const [exchange] = stage.passedTo('token_endpoint').slice(-1);
      expect(exchange?.form.get('code_verifier')).toMatch(/^[\w.~-]{43,128}$/);
      const idToken = String(exchange?.answer.id_token);
      expect(decodeProtectedHeader(idToken).alg).toBe(kind.offers.idTokenAlg);
      const inBrowser = JSON.stringify([...jar.cookies.values(), session]);
      for (const secret of [token, idToken, String(exchange?.answer.refresh_token)]) {
        expect(inBrowser).not.toContain(secret);
        expect(bff.log()).not.toContain(secret);
      }
    },
  },
  {
    name: 'sends the request with a S256 challenge, by PAR where it is offered',
    async make(stage) {
      const { bff, kind, front } = stage;
      const started = await bff.jar().navigate(bff.loginPath(), { site: 'same-origin' });
      const query = new URL(started.location ?? '').searchParams;
      if (kind.offers.par) {
        expect([...query.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
        const pushed = stage.passedTo('pushed_authorization_request_endpoint').at(-1);
        expect(pushed?.form.get('code_challenge_method')).toBe('S256');
      } else {
        expect(query.get('code_challenge_method')).toBe('S256');
        expect(query.get('state')).not.toBeNull();
      }
      expect(front.passed.length).toBeGreaterThan(0);
    },
  },
  {
    name: 'takes a callback once',
    async make(stage) {
      const jar = stage.bff.jar();
      const callback = await stage.begin(jar, stage.server.person());
      const before = jar.clone();
      expect((await stage.finish(jar, callback)).status).toBe(303);
      const again = await stage.finish(before, callback);
      expect(again.status).toBe(400);
      expect(before.cookie(stage.bff.cookies.ticket)).toBeUndefined();
    },
  },
  {
    name: 'finds `iss` in the callback, and refuses one of another issuer (RFC 9207)',
    isOffered: ({ iss }) => iss,
    async make(stage) {
      const { bff } = stage;
      const jar = bff.jar();
      const callback = new URL(await stage.begin(jar, stage.server.person()));
      expect(callback.searchParams.get('iss')).toBe(stage.kind.issuer(stage.front.origin));
      callback.searchParams.set('iss', 'https://attacker.example');
      await stage.finish(jar, callback.href);
      expect(jar.cookie(bff.cookies.ticket)).toBeUndefined();
    },
  },
];
