import { generateKeyPairSync } from 'node:crypto';
import { forge, type Jar, wantsNonce, withMembers } from '@coatcheck/testing';
import { decodeProtectedHeader } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { StartFailed } from '../adapters/adapter.ts';
import { proofsAt, readProof } from '../evidence/proofs.ts';
import { badIdToken, expectRefusedSignIn } from '../evidence/refused-sign-in.ts';
import { refreshes } from '../evidence/tokens.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const clientKeys = [String(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }))];
const options = {
  clientAuthentication: 'private_key_jwt',
  clientSecret: undefined,
  securityProfile: 'fapi2',
};

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    as: {
      par: 'required',
      dpop: 'required',
      clientAuthentication: ['private_key_jwt'],
      signingAlgorithm: 'PS256',
      algorithms: ['RS256', 'ES256', 'EdDSA'],
    },
    provider: { config: options },
    config: { clientKeys },
  });
  rig.as.client.jwksUri = `${rig.bff.url}${rig.bff.paths.jwks}`;
});
afterEach(() => {
  delete rig.as.settings.dpopNonce;
  Object.assign(rig.as.settings, { par: 'required', dpop: 'required', issParameter: true });
  rig.as.settings.clientAuthentication = ['private_key_jwt'];
  rig.reset();
});
afterAll(() => rig.close());

describe('the profile as it is meant', () => {
  let jar: Jar;
  beforeEach(async () => {
    rig.as.settings.dpopNonce = 'n1';
    rig.upstream.on(
      '*',
      'always',
      wantsNonce(() => 'n2'),
    );
    jar = await rig.signedIn();
  });

  requirement(
    'BFF-ADV-10',
    'pushes, proves the client by a PS256 assertion and its key by DPoP, with nonces at both servers',
    async () => {
      expect((await rig.call(jar)).status).toBe(200);
      await rig.advance(301);
      expect((await rig.call(jar)).status).toBe(200);
      expect(refreshes(rig.as)).toHaveLength(1);
      expect((await jar.fetch(rig.bff.paths.logout, { method: 'POST' })).status).toBe(200);
      await expect.poll(() => rig.as.hits('revocation')).toBe(1);

      for (const endpoint of ['par', 'token', 'revocation'] as const) {
        for (const { client, form, headers } of rig.as.requestsOf(endpoint)) {
          expect(client?.method).toBe('private_key_jwt');
          expect(decodeProtectedHeader(form.get('client_assertion') ?? '').alg).toBe('PS256');
          if (endpoint !== 'revocation') await readProof(String(headers.dpop));
        }
      }
      expect(rig.as.requestsOf('authorize').map(({ query }) => [...query.keys()].sort())).toEqual([
        ['client_id', 'request_uri'],
      ]);
      expect(rig.as.requestsOf('par')[0]?.form.get('code_challenge_method')).toBe('S256');
      const proofs = await proofsAt(rig.upstream);
      expect(proofs.map(({ scheme, claims }) => [scheme, claims.nonce])).toEqual([
        ['DPoP', undefined],
        ['DPoP', 'n2'],
        ['DPoP', 'n2'],
      ]);
    },
  );

  requirement('BFF-ADV-10', 'the token type is read in any case, and expires_in may be missing', async () => {
    for (const tokenType of ['DPoP', 'dpop', 'DPOP', 'dPoP']) {
      const members = { token_type: tokenType, expires_in: undefined };
      rig.as.change('tokenResponse', 'once', withMembers(members));
      expect((await rig.call(await rig.signedIn())).status, tokenType).toBe(200);
    }
    expect((await proofsAt(rig.upstream)).every(({ scheme }) => scheme === 'DPoP')).toBe(true);
  });
});

describe('one thing of it relaxed at the provider', () => {
  const relaxed: readonly [string, () => void, RegExp][] = [
    [
      'pushed requests',
      () => {
        rig.as.settings.par = 'off';
      },
      /pushed_authorization_request_endpoint/,
    ],
    [
      'S256',
      () => {
        const members = { code_challenge_methods_supported: ['plain'] };
        rig.as.change('metadata', 'always', withMembers(members));
      },
      /code_challenge_methods_supported/,
    ],
    [
      'iss in the answer',
      () => {
        rig.as.settings.issParameter = false;
      },
      /authorization_response_iss_parameter_supported/,
    ],
    [
      'tokens bound to a key',
      () => {
        rig.as.settings.dpop = 'off';
      },
      /dpop_signing_alg_values_supported/,
    ],
    [
      'how the client proves itself',
      () => {
        rig.as.settings.clientAuthentication = ['client_secret_basic'];
      },
      /token_endpoint_auth_methods_supported/,
    ],
    [
      'algorithms',
      () => {
        const members = { id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'] };
        rig.as.change('metadata', 'always', withMembers(members));
      },
      /id_token_signing_alg_values_supported/,
    ],
  ];
  for (const [what, relax, told] of relaxed) {
    requirement('BFF-ADV-10', `${what}: no sign-in starts, and the log says why`, async () => {
      relax();
      await rig.bff.restart();
      const started = await rig.jar().navigate(rig.bff.loginPath(), { site: 'same-origin' });
      expect(started.status).toBe(502);
      expect(started.headers.get('coatcheck-problem')).toBe('provider_misconfigured');
      expect(rig.as.hits('par') + rig.as.hits('authorize')).toBe(0);
      const reason = () =>
        rig.bff
          .log()
          .split('\n')
          .findLast((line) => line.includes('login.failed'));
      await expect.poll(reason).toMatch(told);
      expect(reason()).toMatch(/fapi2/);
      rig.as.reset();
    });
  }
});

describe('metadata that promises what the answers do not keep', () => {
  beforeAll(() => rig.bff.restart());

  requirement('BFF-ADV-10', 'a bearer token ends the sign-in', async () => {
    rig.as.change('tokenResponse', 'once', withMembers({ token_type: 'Bearer' }));
    await expectRefusedSignIn(rig, ['provider_response_invalid']);
  });

  requirement('BFF-ADV-10', 'an answer without iss ends it before the code is sent', async () => {
    rig.as.change('authorizationResponse', 'once', (answer) => answer.delete('iss'));
    const jar = rig.jar();
    const answer = await rig.finish(jar, await rig.begin(jar));
    expect(answer.headers.get('coatcheck-problem')).toBe('issuer_mismatch');
    expect(rig.as.hits('token')).toBe(0);
  });

  requirement('BFF-ADV-10', 'an ID token by RS256 ends it, though its key is published', async () => {
    rig.as.change('idToken', 'once', forge.alg('RS256'));
    await expectRefusedSignIn(rig, badIdToken);
  });

  requirement('BFF-ADV-10', 'ID tokens by ES256 and EdDSA are as good as by PS256', async () => {
    for (const algorithm of ['ES256', 'EdDSA', 'PS256'] as const) {
      rig.as.change('idToken', 'once', forge.alg(algorithm));
      await rig.signedIn();
    }
  });
});

requirement('BFF-ADV-10', 'options that contradict it prevent the start, each by name', async () => {
  const { issuer, client } = rig.as;
  const provider = { id: 'main', issuer, clientId: client.clientId, ...options };
  const contradictions = {
    pushedAuthorizationRequests: 'when-offered',
    dpop: 'when-offered',
    clientAuthentication: 'client_secret_post',
    clientSecret: 'some-secret',
    idTokenSigningAlg: 'RS256',
    insecureAllowHttpIssuer: true,
    clockTolerance: '90s',
  };
  const failure: unknown = await rig.bff
    .restart({ config: { clientKeys, providers: [{ ...provider, ...contradictions }] } })
    .then(
      () => 'it started',
      (error: unknown) => error,
    );
  expect(failure).toBeInstanceOf(StartFailed);
  const output = failure instanceof StartFailed ? failure.output : '';
  const { clientSecret: _, ...named } = contradictions;
  for (const name of Object.keys(named)) expect(output).toContain(`providers[0].${name}: `);
  expect(output.match(/FAPI 2\.0/g)).toHaveLength(6);
});
