import { createHash, X509Certificate } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import { expect } from 'vitest';
import type { Journey } from './journey.ts';

export const proofJourneys: readonly Journey[] = [
  {
    name: 'binds the tokens of each session to a key of its own, and proves it to the API (RFC 9449)',
    isOffered: ({ dpop }) => dpop,
    async make(stage) {
      const { upstream } = stage;
      const thumbprints = new Set<string>();
      for (let session = 0; session < 2; session += 1) {
        const { jar } = await stage.signIn();
        const token = await stage.call(jar);
        const { headers } = upstream.requestsOf('/api/notes').at(-1) ?? {};
        expect(headers?.authorization).toBe(`DPoP ${token}`);
        const proof = await jwtVerify(String(headers?.dpop), EmbeddedJWK, { typ: 'dpop+jwt' });
        expect(proof.payload).toMatchObject({
          htm: 'GET',
          htu: `${upstream.url}/api/notes`,
          ath: createHash('sha256').update(token).digest('base64url'),
        });
        thumbprints.add(await calculateJwkThumbprint(proof.protectedHeader.jwk ?? {}));
      }
      expect(thumbprints.size).toBe(2);

      const exchange = stage.passedTo('token_endpoint').at(-1);
      expect(exchange?.answer.token_type).toBe('DPoP');
      expect(exchange?.form.get('client_assertion_type')).toMatch(/jwt-bearer$/);
      expect(exchange?.headers.authorization).toBeUndefined();
    },
  },
  {
    name: "gets tokens that are bound to the client's certificate (RFC 8705)",
    isOffered: ({ certificate }) => certificate !== undefined,
    async make(stage) {
      const { kind, server } = stage;
      const { jar } = await stage.signIn();
      const { raw } = new X509Certificate(kind.offers.certificate?.cert ?? '');
      const thumbprint = createHash('sha256').update(raw).digest('base64url');
      expect(await server.bindingOf?.(await stage.call(jar))).toEqual({ 'x5t#S256': thumbprint });
      const exchange = stage.passedTo('token_endpoint').at(-1);
      expect(exchange?.form.has('client_secret')).toBe(false);
      expect(exchange?.headers.authorization).toBeUndefined();
    },
  },
];
