import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createJar,
  headerValues,
  openConnection,
  rawRequest,
  startUpstream,
  type Upstream,
} from '../src/index.ts';

let upstream: Upstream;
beforeEach(async () => {
  upstream = await startUpstream();
});
afterEach(() => upstream.close());

describe('rawRequest', () => {
  it('sends exactly the lines, and tells whether the server closed', async () => {
    const bad = await rawRequest({ port: upstream.port, lines: ['GET / HTTP/1.1', 'Host : h'] });
    expect([bad.status, bad.closed, bad.rest.length]).toEqual([400, true, 0]);
    const good = await rawRequest({ port: upstream.port, lines: ['HEAD / HTTP/1.1', 'Host: h'] });
    expect([good.status, good.closed, good.body.length]).toEqual([200, false, 0]);
  });

  it('reads chunked, length-framed and close-framed bodies, and notices cut ones', async () => {
    const answers = [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
      'HTTP/1.0 200 OK\r\n\r\nabc',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc',
    ];
    let next = 0;
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(answers[next++] ?? ''));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const seen = [];
    for (const _ of answers) {
      const { body, complete } = await rawRequest({ port, lines: ['GET / HTTP/1.1', 'Host: h'] });
      seen.push([body.toString(), complete]);
    }
    expect(seen).toEqual([...Array(3).fill(['abc', true]), ...Array(2).fill(['abc', false])]);
    server.close();
  });

  it('rejects when no answer comes', async () => {
    upstream.on('/', 'once', () => new Promise(() => {}));
    const answer = rawRequest({ port: upstream.port, timeoutMs: 50, lines: ['GET / HTTP/1.1', 'Host: h'] });
    await expect(answer).rejects.toThrow('No complete response within 50 ms');
  });
});

describe('openConnection', () => {
  it('pipelines, and sends in pieces', async () => {
    const connection = await openConnection({ port: upstream.port });
    await connection.write('GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HT');
    expect((await connection.read()).body.toString()).toContain('/1');
    await connection.write('TP/1.1\r\nHost: h\r\n\r\n');
    expect((await connection.read()).body.toString()).toContain('/2');
    expect(connection.isClosed).toBe(false);
    connection.destroy();
  });
});

describe('a jar', () => {
  const answerWith = (...lines: string[]) =>
    upstream.on('*', 'once', () => ({ status: 200, headers: lines.flatMap((line) => ['Set-Cookie', line]) }));
  const sentCookie = () => upstream.requests.at(-1)?.headers.cookie;

  it('keeps cookies by name and drops those that are deleted or past', async () => {
    const jar = createJar(upstream.url);
    answerWith('a=1; Path=/; HttpOnly', 'b=2; Max-Age=60', 'c=3; Expires=Thu, 01 Jan 2099 00:00:00 GMT');
    const response = await jar.get('/');
    expect(response.setCookies[0]).toMatchObject({
      name: 'a',
      value: '1',
      path: '/',
      httpOnly: true,
      secure: false,
    });
    await jar.get('/');
    expect(sentCookie()).toBe('a=1; b=2; c=3');
    answerWith('a=; Max-Age=0', 'b=9', 'c=; Expires=Thu, 01 Jan 1970 00:00:00 GMT');
    await jar.get('/');
    await jar.get('/');
    expect(sentCookie()).toBe('b=9');
  });

  it('lets cookies die with time', async () => {
    let now = Date.now();
    const jar = createJar(upstream.url, { clock: () => now });
    jar.setCookie('a=1; Max-Age=60');
    now += 59_000;
    const copy = jar.clone();
    expect(jar.cookie('a')).toBe('1');
    now += 1000;
    expect([jar.cookie('a'), copy.cookie('a')]).toEqual([undefined, undefined]);
  });

  it('honours SameSite as a browser does', async () => {
    const jar = createJar(upstream.url);
    for (const line of ['s=1; SameSite=Strict', 'l=1; SameSite=Lax', 'n=1; SameSite=None', 'd=1'])
      jar.setCookie(line);
    await jar.navigate('/', { site: 'cross-site' });
    expect(sentCookie()).toBe('l=1; n=1; d=1');
    await jar.navigate('/', { site: 'cross-site', method: 'POST' });
    expect(sentCookie()).toBe('n=1');
    await jar.fetch('/', { site: 'cross-site' });
    expect(sentCookie()).toBe('n=1');
    await jar.fetch('/', { site: 'same-site' });
    expect(sentCookie()).toBe('s=1; l=1; n=1; d=1');
  });

  it('navigates and fetches with the headers of a browser, which a caller can change', async () => {
    const jar = createJar(upstream.url);
    await jar.navigate('/');
    expect(upstream.requests.at(-1)?.headers).toMatchObject({
      'sec-fetch-site': 'none',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    });
    await jar.fetch('/', {
      method: 'POST',
      json: { x: 1 },
      headers: { 'Sec-Fetch-Site': undefined, Host: 'evil.test' },
    });
    const request = upstream.requests.at(-1);
    expect(request?.headers).toMatchObject({
      origin: upstream.url,
      'sec-fetch-mode': 'cors',
      host: 'evil.test',
    });
    expect(request?.headers).not.toHaveProperty('sec-fetch-site');
    expect(request && headerValues(request, 'content-type')).toEqual(['application/json']);
    await jar.get('/');
    expect(Object.keys(upstream.requests.at(-1)?.headers ?? {})).toEqual(['host', 'connection']);
  });

  it('does not follow redirects, and sends paths as they are written', async () => {
    upstream.on('*', 'once', () => ({ status: 302, headers: { location: '/next' } }));
    const response = await createJar(upstream.url).get('//evil/../x?a#b');
    expect([response.status, response.location]).toEqual([302, `${upstream.url}/next`]);
    expect(upstream.requests.map(({ target }) => target)).toEqual(['//evil/../x?a']);
  });

  it('is cloned with its cookies, which then go their own way', () => {
    const jar = createJar(upstream.url);
    jar.setCookie('a', '1');
    const copy = jar.clone();
    copy.deleteCookie('a');
    expect([jar.cookie('a'), copy.cookie('a')]).toEqual(['1', undefined]);
  });

  it('refuses other origins', async () => {
    await expect(createJar(upstream.url).get('http://127.0.0.2/')).rejects.toThrow('use another jar');
  });
});
