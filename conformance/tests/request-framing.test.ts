import { createEventStream, headerValues, type Jar } from '@coatcheck/testing';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { brokenChunks, refusedAtOnce } from '../corpora/framing.ts';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';
import { callBytes, callLines, openWire, sendBytes, sendLines } from '../wire/call.ts';

let rig: Rig;
let jar: Jar;
beforeAll(async () => {
  rig = await startRig();
  jar = await rig.signedIn();
});
beforeEach(() => rig.reset());
afterAll(() => rig.close());

/** Would be answered if anybody took it for a request of its own. */
const second = () => callBytes(rig, jar, 'GET /api/second HTTP/1.1');

async function expectAlive(about: string): Promise<void> {
  expect((await rig.call(jar, '/api/alive')).status, about).toBe(200);
  expect(rig.upstream.hits('/api/second'), about).toBe(0);
  // A request cut off is what the API may see of one that broke on its way, and nothing else.
  const codes = rig.upstream.malformed.map((error) => ('code' in error ? error.code : error.message));
  expect(
    codes.filter((code) => code !== 'HPE_INVALID_EOF_STATE'),
    about,
  ).toEqual([]);
}

requirement('BFF-PROXY-09', 'a request that can be read in two ways ends its connection', async () => {
  for (const { what, head, body } of refusedAtOnce) {
    const bytes = `${callBytes(rig, jar, 'POST /api/notes HTTP/1.1', head)}${body}${second()}`;
    const answer = await sendBytes(rig, bytes);
    expect(answer, what).toMatchObject({ status: 400, closed: true });
    expect(answer?.header('coatcheck-problem'), what).toEqual(['malformed_request']);
    expect(answer?.rest.toString(), what).toBe('');
    expect(rig.upstream.hits(), what).toBe(0);
  }
  await expectAlive('after all');
});

requirement('BFF-PROXY-09', 'chunks that turn out to be none end both connections', async () => {
  for (const { what, head, body } of brokenChunks) {
    const bytes = `${callBytes(rig, jar, 'POST /api/notes HTTP/1.1', head)}${body}${second()}`;
    const answer = await sendBytes(rig, bytes);
    if (answer !== null) expect(answer, what).toMatchObject({ status: 400, closed: true });
    for (const request of rig.upstream.requests) {
      await request.received;
      expect(request, what).toMatchObject({ path: '/api/notes', complete: false });
    }
    rig.upstream.clearRecords();
  }
  await expectAlive('after all');
});

requirement('BFF-PROXY-09', 'nothing else is said in the middle of an answer', async () => {
  const events = createEventStream();
  rig.upstream.on('/api/stream', 'once', events.handler);
  const wire = await openWire(rig);
  await wire.write(callBytes(rig, jar, 'GET /api/stream HTTP/1.1', 'Accept: text/event-stream\r\n'));
  events.send('one');
  await expect.poll(() => wire.unread.toString()).toContain('data: one');
  await wire.write(`GARBAGE\r\n\r\n${second()}`);
  await events.closed;
  expect(await wire.closesWithin(5_000)).toBe(true);
  expect(wire.unread.toString().match(/HTTP\//g)).toHaveLength(1);
  await expectAlive('after it');
});

requirement('BFF-PROXY-09', 'other versions of HTTP are not guessed at', async () => {
  const { host } = new URL(rig.bff.url);
  const first = callLines(rig, jar).slice(1).join('\r\n');
  const versions = ['HTTP/0.9', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/1.', 'HTTP/11', 'http/1.1', 'HTTP/1.1 x', ''];
  for (const version of versions) {
    const answer = await sendBytes(rig, `GET /api/notes ${version}\r\n${first}\r\n\r\n${second()}`);
    if (answer !== null) expect(answer, version).toMatchObject({ status: 400, closed: true });
  }
  // RFC 9112 §6.1: HTTP/1.0 knows no chunks, so whoever sends them there and whoever reads them may disagree.
  const chunked = `POST /api/notes HTTP/1.0\r\n${first}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`;
  expect(await sendBytes(rig, `${chunked}${second()}`)).toMatchObject({ status: 400, closed: true });
  for (const bytes of ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', `${host}\r\n\r\n`, '\x16\x03\x01\0\x05hello']) {
    const answer = await sendBytes(rig, bytes);
    if (answer !== null) expect(answer, bytes).toMatchObject({ status: 400, closed: true });
  }
  expect(rig.upstream.hits()).toBe(0);
  await expectAlive('after all');
});

requirement('BFF-PROXY-09', 'what is framed properly passes, one request behind the other', async () => {
  const wire = await openWire(rig);
  const chunks = 'A;x="y;\t"\r\n0123456789\r\n0\r\nX-Late: 1\r\n\r\n';
  await wire.write(
    `${callBytes(rig, jar, 'POST /api/1 HTTP/1.1', 'transfer-encoding: CHUNKED\r\n')}${chunks}` +
      `${callBytes(rig, jar, 'POST /api/2 HTTP/1.1', 'Content-Length: 0003\r\n')}abc` +
      `${callBytes(rig, jar, 'GET /api/3 HTTP/1.1')}`,
  );
  for (const path of ['/api/1', '/api/2', '/api/3']) {
    const answer = await wire.read();
    expect(JSON.parse(answer.body.toString())).toMatchObject({ target: path });
  }
  wire.destroy();
  const seen = rig.upstream.requests.map(({ path, body, rawTrailers }) => [
    path,
    body.toString(),
    rawTrailers,
  ]);
  expect(seen.sort()).toEqual([
    ['/api/1', '0123456789', []],
    ['/api/2', 'abc', []],
    ['/api/3', '', []],
  ]);
});

advisory(13, 'BFF-PROXY-09', 'the API gets each framing field exactly once, in one spelling', async () => {
  const spellings = [
    'content_length: 30',
    'CONTENT.LENGTH: 30',
    'Transfer_Encoding: chunked',
    'TE: trailers',
  ];
  for (const spelling of [...spellings, 'Trailer: Content-Length', 'Keep-Alive: timeout=9', 'Upgrade: h2c']) {
    const lines = callLines(rig, jar, 'POST /api/notes HTTP/1.1');
    expect((await sendLines(rig, [...lines, spelling, 'cOnTeNt-LeNgTh: 3'], 'abc')).status).toBe(200);
    const [request] = rig.upstream.requests;
    const names = request?.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
    const framing = names?.map((name) => name.replaceAll(/[^a-z]/g, '-')).filter(isFraming);
    expect(framing?.sort(), spelling).toEqual(['connection', 'content-length']);
    expect(request && headerValues(request, 'content-length'), spelling).toEqual(['3']);
    rig.upstream.clearRecords();
  }
});

function isFraming(name: string): boolean {
  return /^(content-length|transfer-encoding|te|trailer|keep-alive|upgrade|connection)$/.test(name);
}

requirement('BFF-PROXY-10', 'only one Host is answered, and the API sees its own', async () => {
  const { host, port } = new URL(rig.bff.url);
  const [requestLine = '', ours = '', ...rest] = callLines(rig, jar);
  const foreign = ['evil.test', `evil.test:${port}`, `localhost`, `localhost:1`, `127.0.0.1:${port}`, ''];
  foreign.push(`${host}.evil.test`, `evil.test@${host}`, `${host}, evil.test`, `${host}/`, `${host}#`);
  foreign.push(`localhost.:${port}`, `${host}%00`, `${host} evil.test`, `[::1]:${port}`, '*');
  for (const value of foreign) {
    const answer = await sendLines(rig, [requestLine, `Host: ${value}`, ...rest]);
    expect([400, 421], value).toContain(answer.status);
    expect(answer.closed, value).toBe(true);
  }
  for (const hosts of [
    [],
    [ours, ours],
    [ours, 'Host: evil.test'],
    ['Host: evil.test', ours],
    [ours, 'hOST: x'],
  ]) {
    const answer = await sendLines(rig, [requestLine, ...hosts, ...rest]);
    expect(answer, hosts.join(' | ')).toMatchObject({ status: 400, closed: true });
  }
  expect(rig.upstream.hits()).toBe(0);
  for (const spelling of [`host: ${host.toUpperCase()}`, `HOST:${host}  `]) {
    expect((await sendLines(rig, [requestLine, spelling, ...rest])).status, spelling).toBe(200);
  }
  const seen = rig.upstream.requests.map((request) => headerValues(request, 'host'));
  expect(seen).toEqual([[`127.0.0.1:${rig.upstream.port}`], [`127.0.0.1:${rig.upstream.port}`]]);
});
