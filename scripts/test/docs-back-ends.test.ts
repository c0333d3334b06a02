import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthorizationServer,
  forge,
  startAuthorizationServer,
} from '../../packages/testing/src/index.ts';

// The programs of the guide, as they stand there, with the issuer of a server that also forges tokens.
const root = path.join(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/guides/back-ends.md'), 'utf8');
const who = { sub: 'alice', scopes: ['orders:read'] };

let folder: string;
let as: AuthorizationServer;
beforeAll(async () => {
  folder = mkdtempSync(path.join(root, 'docs/snippets/.programs-'));
  as = await startAuthorizationServer({ audience: 'https://api.example' });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await as.close();
});

/** What the guide's program under a heading exports. */
async function programUnder(heading: string): Promise<Record<string, unknown>> {
  const [, text = ''] = new RegExp(`^## ${heading}\\n.*?^\`\`\`ts\\n(.*?)^\`\`\``, 'ms').exec(page) ?? [];
  const file = path.join(folder, `${heading.toLowerCase().replaceAll('.', '-')}.ts`);
  writeFileSync(file, text.replaceAll('https://id.example', as.issuer));
  return await import(file);
}

/** Asks a program for the orders, by a token. */
type Ask = (token: string | undefined) => Promise<{ status: number; challenge: string | null; body: string }>;

const programs: Record<string, (use: (ask: Ask) => Promise<void>) => Promise<void>> = {
  Fastify: async (use) => {
    const { app } = await programUnder('Fastify');
    if (!isInjectable(app)) throw new Error('The Fastify program exports no app.');
    await use(async (token) => {
      const answer = await app.inject({ url: '/api/orders', headers: headersWith(token) });
      return {
        status: answer.statusCode,
        challenge: String(answer.headers['www-authenticate'] ?? ''),
        body: answer.body,
      };
    });
    await app.close();
  },
  Express: async (use) => {
    const { app } = await programUnder('Express');
    if (!isListener(app)) throw new Error('The Express program exports no app.');
    const server = createServer(app);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = addressOf(server.address());
    await use(async (token) =>
      read(await fetch(`http://127.0.0.1:${port}/api/orders`, { headers: headersWith(token) })),
    );
    await new Promise((done) => server.close(done));
  },
  'Next.js': async (use) => {
    const { GET } = await programUnder('Next.js');
    if (!isHandler(GET)) throw new Error('The Next.js program exports no GET.');
    await use(async (token) =>
      read(await GET(new Request('https://app.example/api/orders', { headers: headersWith(token) }))),
    );
  },
};

describe.each(Object.entries(programs))('the %s program of the guide', (_name, withProgram) => {
  it('answers a good token, and refuses every forged one', async () => {
    const bad = {
      missing: undefined,
      junk: 'abc.def.ghi',
      expired: await as.issueAccessToken({ ...who, lifetime: -120 }),
      'without exp': await as.issueAccessToken(who, forge.claims({ exp: undefined })),
      'for another API': await as.issueAccessToken(who, forge.claims({ aud: 'https://other.example' })),
      'of another issuer': await as.issueAccessToken(who, forge.claims({ iss: 'https://other.example' })),
      'of another type': await as.issueAccessToken(who, forge.header({ typ: 'JWT' })),
      unsigned: await as.issueAccessToken(who, forge.algNone()),
      'signed by HS256': await as.issueAccessToken(who, forge.hs256('public-key-pem')),
      'signed by somebody else': await as.issueAccessToken(who, forge.foreignKey()),
      'with a broken signature': await as.issueAccessToken(who, forge.badSignature()),
    };
    await withProgram(async (ask) => {
      const good = await ask(await as.issueAccessToken(who));
      expect([good.status, JSON.parse(good.body)]).toEqual([200, { owner: 'alice' }]);
      for (const [name, token] of Object.entries(bad)) {
        const { status, challenge, body } = await ask(token);
        expect([name, status, body.includes('alice')]).toEqual([name, 401, false]);
        expect(challenge, name).toContain('Bearer');
      }
      const narrow = await ask(await as.issueAccessToken({ ...who, scopes: ['other'] }));
      expect([narrow.status, narrow.challenge]).toEqual([403, expect.stringContaining('insufficient_scope')]);
    });
  });
});

function headersWith(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

async function read(answer: Response): ReturnType<Ask> {
  return {
    status: answer.status,
    challenge: answer.headers.get('www-authenticate'),
    body: await answer.text(),
  };
}

interface Injectable {
  inject(options: { url: string; headers: Record<string, string> }): Promise<{
    statusCode: number;
    headers: Record<string, unknown>;
    body: string;
  }>;
  close(): Promise<unknown>;
}

function isInjectable(value: unknown): value is Injectable {
  return typeof value === 'object' && value !== null && 'inject' in value;
}

function isListener(value: unknown): value is RequestListener {
  return typeof value === 'function';
}

function isHandler(value: unknown): value is (request: Request) => Promise<Response> {
  return typeof value === 'function';
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address;
}
