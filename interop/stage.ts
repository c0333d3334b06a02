import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Bff } from '@coatcheck/conformance/adapter';
import { coatcheck } from '@coatcheck/conformance/coatcheck';
import { managementPaths } from '@coatcheck/protocol';
import {
  type Certificate,
  type Jar,
  type JarResponse,
  makeCertificate,
  startUpstream,
  type Upstream,
} from '@coatcheck/testing';
import { expect, vi } from 'vitest';
import { type Front, type PassedRequest, startFront } from './front.ts';
import type { Person } from './person/person.ts';
import type { RealServer, ServerKind } from './servers/server.ts';

/** Somebody signed in: at the BFF with one browser jar, at the server with another. */
export interface SignedIn {
  readonly jar: Jar;
  readonly person: Person;
}

/** The standalone BFF between a real authorization server and an API. */
export interface Stage {
  readonly kind: ServerKind;
  readonly server: RealServer;
  readonly front: Front;
  readonly bff: Bff;
  readonly upstream: Upstream;
  /** Environment of a Node process that trusts the server. */
  readonly trust: Readonly<Record<string, string>>;
  /** Starts a sign-in; the callback is not opened yet. */
  begin(jar: Jar, person: Person): Promise<string>;
  /** Opens the callback, as the server's redirect does. */
  finish(jar: Jar, callback: string): Promise<JarResponse>;
  /** A person at new browsers, or at those that they have. */
  signIn(as?: Partial<SignedIn>): Promise<SignedIn>;
  session(jar: Jar): Promise<Record<string, unknown>>;
  /** Calls the API. @returns the access token that reached it */
  call(jar: Jar): Promise<string>;
  /** Calls once the access token that a session has now is over, and gives the next one. */
  callAfterExpiry(jar: Jar): Promise<string>;
  /** Requests of one path of the server's metadata, such as `token_endpoint`. */
  passedTo(endpoint: string): PassedRequest[];
  /** A URL of the server's metadata, without origin. */
  pathOf(endpoint: string): string;
  close(): Promise<void>;
}

const provider = 'main';
const clientSecret = 'a-secret-of-the-interop-client-0123456789';

export async function openStage(kind: ServerKind): Promise<Stage> {
  const certificate = kind.tls ? await makeCertificate(['127.0.0.1']) : undefined;
  const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-interop-'));
  const trust = await trustIn(certificate, folder);
  const front = await startFront(certificate);
  const upstream = await startUpstream();
  const issuer = kind.issuer(front.origin);
  const { scopes, config } = kind.provider;
  const bff = await coatcheck.start({
    providers: [
      {
        id: provider,
        issuer,
        clientId: 'coatcheck',
        clientSecret,
        ...(scopes ? { scopes } : {}),
        config: { requestTimeout: '20s', ...config },
      },
    ],
    ...(kind.bff ? { config: kind.bff } : {}),
    env: trust,
    routes: [{ prefix: '/api', upstream: upstream.url, ...(kind.route ? { config: kind.route } : {}) }],
  });
  const at = (path: string) => `${bff.url}${path}`;
  const server = await kind
    .start({
      origin: front.origin,
      client: {
        id: 'coatcheck',
        secret: clientSecret,
        redirectUri: at(bff.paths.callback(provider)),
        postLogoutRedirectUri: at(bff.paths.logoutCallback),
        backchannelLogoutUri: at(bff.paths.backchannelLogout(provider)),
        frontchannelLogoutUri: at(bff.paths.frontchannelLogout),
        jwksUri: at('/bff/jwks'),
      },
    })
    .catch(async (error: unknown) => {
      await Promise.all([bff.close(), front.close(), upstream.close()]);
      throw error;
    });
  front.open(server.port);
  const metadata = await metadataOf(issuer, server.port);
  await vi.waitUntil(async () => (await fetch(`${bff.managementUrl}${managementPaths.ready}`)).ok, {
    timeout: 20_000,
  });

  const pathOf = (endpoint: string) => {
    const url = metadata[endpoint];
    if (typeof url !== 'string') throw new Error(`the metadata has no ${endpoint}`);
    return new URL(url).pathname;
  };
  const stage: Stage = {
    kind,
    server,
    front,
    bff,
    upstream,
    trust,
    async begin(jar, person) {
      const started = await jar.navigate(bff.loginPath(), { site: 'same-origin' });
      if (started.location === undefined) {
        throw new Error(`sign-in did not start: ${started.status} \n${end(bff.log())}`);
      }
      return person.signIn(started.location);
    },
    finish: (jar, callback) => jar.navigate(callback, { site: 'cross-site' }),
    async signIn({ jar = bff.jar(), person = server.person() } = {}) {
      const answer = await stage.finish(jar, await stage.begin(jar, person));
      if (jar.cookie(bff.cookies.ticket) === undefined) {
        throw new Error(`sign-in failed: ${answer.status}\n${end(bff.log())}\n${end(server.log?.() ?? '')}`);
      }
      return { jar, person };
    },
    async session(jar) {
      const view = await (await jar.fetch(bff.paths.session)).json();
      return typeof view === 'object' && view !== null ? { ...view } : {};
    },
    async call(jar) {
      const answer = await jar.fetch('/api/notes');
      if (answer.status !== 200) {
        throw new Error(`the call failed: ${answer.status} ${await answer.text()}\n${end(bff.log())}`);
      }
      return upstream.requestsOf('/api/notes').at(-1)?.headers.authorization?.split(' ')[1] ?? '';
    },
    async callAfterExpiry(jar) {
      const before = await stage.call(jar);
      const { accessTokenLife } = kind;
      if (accessTokenLife > 5) await bff.advance(accessTokenLife * 1_000);
      const options = { timeout: (accessTokenLife + 10) * 1_000, interval: 100 };
      await expect.poll(() => stage.call(jar), options).not.toBe(before);
      return stage.call(jar);
    },
    passedTo(endpoint) {
      const path = pathOf(endpoint);
      return front.passed.filter((one) => one.path === path);
    },
    pathOf,
    async close() {
      await Promise.all([bff.close(), upstream.close()]);
      await server.close();
      await front.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

/** Environment of a Node process that trusts the front. */
async function trustIn(
  certificate: Certificate | undefined,
  folder: string,
): Promise<Record<string, string>> {
  if (!certificate) return {};
  const file = path.join(folder, 'front.pem');
  await writeFile(file, certificate.cert);
  return { NODE_EXTRA_CA_CERTS: file };
}

/** What was written last. */
function end(log: string): string {
  return log.split('\n').slice(-12).join('\n');
}

async function metadataOf(issuer: string, port: number): Promise<Record<string, unknown>> {
  const place = `http://127.0.0.1:${port}${new URL(issuer).pathname.replace(/\/$/, '')}`;
  const answer = await fetch(`${place}/.well-known/openid-configuration`);
  const value: unknown = await answer.json();
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
