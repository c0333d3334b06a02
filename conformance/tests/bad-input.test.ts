import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';
import { callBytes, callLines, sendBytes, sendLines } from '../wire/call.ts';

let rig: Rig;
let jar: Jar;
let sealed: string;
beforeAll(async () => {
  rig = await startRig();
  jar = await rig.signedIn();
  sealed = jar.cookie(rig.bff.cookies.ticket) ?? '';
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/** Cookie values that hold no session, each for a whole `Cookie` line. */
function brokenCookies(name: string): string[] {
  const long = 'x'.repeat(3_000);
  return [
    ...[
      '',
      ';',
      ';;;',
      '=',
      '; = ;',
      'a',
      'a; b; c',
      '=a',
      `${name}`,
      `${name}=`,
      `${name}=;`,
      `=${name}`,
      `${name}=""`,
    ],
    ...[
      `${name}=\xff\xfe`,
      `${name}=%ff%fe`,
      `${name}=%`,
      `${name}=%00`,
      `${name}=\t`,
      `${name}= `,
      `${name}==`,
      ';'.repeat(9_000),
    ],
    ...[
      `${name}=${sealed.slice(0, sealed.length / 2)}`,
      `${name}=${sealed.replace(/.(?=.{9}$)/, '!')}`,
      `${name}=x${sealed}`,
      `${name}=${long}`,
    ],
    ...[
      `${name}=${sealed.toUpperCase()}`,
      `${name}=${encodeURIComponent(sealed)}%`,
      `${name}=${sealed}; ${name}=${sealed}`,
    ],
    ...[
      `${name}=${sealed}; ${name}=`,
      `${name}=a; ${name}=${sealed}`,
      `${name.toLowerCase()}=${sealed}`,
      `$${name}=${sealed}`,
    ],
    ...[`${name}=${[...sealed].reverse().join('')}`, `${name}=;${sealed}`, `__proto__=1; constructor=2`],
    ...[
      `${name}=${'A'.repeat(200)};${'B'.repeat(40)}`,
      Array.from({ length: 500 }, (_, at) => `c${at}=${at}`).join('; '),
    ],
    ...[
      `${name}_chunks=99999999`,
      `${name}.0=a; ${name}.1=b`,
      `${name}-login-${'z'.repeat(900)}=1`,
      `${name}=s:${sealed}`,
    ],
  ];
}

advisory(
  [30, 31],
  'BFF-BAD-01',
  'a Cookie line that makes no sense is no session, and nothing worse',
  async () => {
    const { session, login, extend } = rig.bff.paths;
    const [pid] = rig.bff.pids;
    for (const cookie of brokenCookies(rig.bff.cookies.ticket)) {
      const about = cookie.slice(0, 60);
      const asked = async (line: string) => {
        const more = `Cookie: ${cookie}\r\n`;
        return (await sendBytes(rig, callBytes(rig, rig.jar(), line, more)))?.status;
      };
      expect(await asked('GET /api/notes HTTP/1.1'), about).toBe(401);
      expect(await asked(`GET ${session} HTTP/1.1`), about).toBe(200);
      expect(await asked(`POST ${extend} HTTP/1.1`), about).toBe(401);
      expect(await asked(`GET ${login} HTTP/1.1`), about).toBe(302);
      const view = await sendBytes(
        rig,
        callBytes(rig, rig.jar(), `GET ${session} HTTP/1.1`, `Cookie: ${cookie}\r\n`),
      );
      expect(JSON.parse(view?.body.toString() ?? ''), about).toMatchObject({ authenticated: false });
    }
    expect(rig.upstream.hits()).toBe(0);
    expect(rig.bff.pids[0]).toBe(pid);
    expect((await rig.call(jar)).status).toBe(200);
  },
);

requirement(
  'BFF-BAD-02',
  'too long a line, too much of a head, and too many fields are refused',
  async () => {
    const first = callLines(rig, jar);
    const many = (count: number) => Array.from({ length: count }, (_, at) => `X-${at}: v`);
    const large: [string[], number[]][] = [
      [[...first, `Cookie: ${'a=b; '.repeat(13_000)}`], [431]],
      [[...first, `X-Long: ${'x'.repeat(17_000)}`], [431]],
      [[...first, `${'X'.repeat(17_000)}: v`], [431]],
      [[...first, ...many(98)], [431]],
      [[...first, ...many(500)], [431]],
      [[...first, ...many(5_000)], [431]],
      [
        [`GET /api/${'x'.repeat(32_000)} HTTP/1.1`, ...first.slice(1)],
        [414, 431],
      ],
      [
        [`GET /api/x?${'x=1&'.repeat(8_000)} HTTP/1.1`, ...first.slice(1)],
        [414, 431],
      ],
      [
        [`${'G'.repeat(20_000)} / HTTP/1.1`, ...first.slice(1)],
        [400, 414, 431],
      ],
    ];
    for (const [lines, statuses] of large) {
      const about = `${lines[0]?.slice(0, 30)} ${lines.at(-1)?.slice(0, 30)}`;
      const answer = await sendLines(rig, lines);
      expect(statuses, about).toContain(answer.status);
      expect(answer.closed, about).toBe(true);
      expect(JSON.parse(answer.body.toString()), about).toMatchObject({ status: answer.status });
      expect((await rig.call(jar)).status, about).toBe(200);
    }
    expect(rig.upstream.hits()).toBe(large.length);
    expect((await sendLines(rig, [...first, ...many(90)])).status).toBe(200);
  },
);
