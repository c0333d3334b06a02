import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { expect } from 'vitest';
import type { Stage } from '../stage.ts';
import type { Journey } from './journey.ts';

/** What an attacker who stands between does to an ID token. */
type Forgery = (idToken: string) => Promise<string>;

export const keyJourneys: readonly Journey[] = [
  refused('an ID token signed by an unknown key that bears the name of the known one', (idToken) =>
    resigned(idToken, {}),
  ),
  refused('an ID token signed by a key that the server does not publish', (idToken) =>
    resigned(idToken, { kid: 'unheard-of' }),
  ),
  refused('an ID token without a signature', async (idToken) => {
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    return `${header}.${idToken.split('.')[1]}.`;
  }),
  {
    name: 'finds new signing keys without a restart',
    isOffered: ({ keyRotation }) => keyRotation,
    async make(stage) {
      const { server } = stage;
      await stage.signIn();
      const before = newestKid(stage);
      await server.rotateKeys?.();
      await stage.signIn();
      expect(newestKid(stage)).not.toBe(before);
    },
  },
];

function refused(what: string, forge: Forgery): Journey {
  return {
    name: `refuses ${what}`,
    async make(stage) {
      const { bff, front, server } = stage;
      const jar = bff.jar();
      const callback = await stage.begin(jar, server.person());
      const restore = front.rewrite(stage.pathOf('token_endpoint'), async (answer) => ({
        ...answer,
        id_token: await forge(String(answer.id_token)),
      }));
      const answer = await stage.finish(jar, callback);
      restore();
      expect(jar.cookie(bff.cookies.ticket)).toBeUndefined();
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(await stage.session(jar)).toMatchObject({ authenticated: false });
    },
  };
}

async function resigned(idToken: string, header: { readonly kid?: string }): Promise<string> {
  const { alg = '', ...known } = decodeProtectedHeader(idToken);
  const { privateKey } = await generateKeyPair(alg);
  return new SignJWT(decodeJwt(idToken)).setProtectedHeader({ alg, ...known, ...header }).sign(privateKey);
}

function newestKid(stage: Stage): string | undefined {
  const exchange = stage.passedTo('token_endpoint').at(-1);
  return decodeProtectedHeader(String(exchange?.answer.id_token)).kid;
}
