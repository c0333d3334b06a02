import { describe, expect, test } from 'vitest';
import { parsePostgresUrl } from '../../src/store/postgres/target.ts';
import { parseRedisUrl } from '../../src/store/redis/target.ts';

describe('the URL of a Redis store', () => {
  test('means a server on this machine, without replicas, where it says no more', () => {
    expect(parseRedisUrl('redis://', {})).toEqual({
      topology: { kind: 'single', host: { host: '127.0.0.1', port: 6379 } },
      login: {},
      database: 0,
      tls: undefined,
      prefix: 'coatcheck:',
      wait: 0,
      waitTimeout: 500,
      timeout: 1000,
    });
  });

  test('names all there is to name', () => {
    const url =
      'rediss://us%40er:p%2Fw%3A@[::1]:7000/3?prefix=shop:&wait=2&waitTimeout=50&timeout=300&servername=cache.example';
    expect(parseRedisUrl(url, { REDIS_PASSWORD: 'other' })).toEqual({
      topology: { kind: 'single', host: { host: '::1', port: 7000 } },
      login: { username: 'us@er', password: 'p/w:' },
      database: 3,
      tls: { servername: 'cache.example' },
      prefix: 'shop:',
      wait: 2,
      waitTimeout: 50,
      timeout: 300,
    });
  });

  test('names sentinels and their master, and its login is not for the sentinels', () => {
    const env = { REDIS_SENTINEL_PASSWORD: 's', REDIS_PASSWORD: 'p' };
    expect(parseRedisUrl('redis+sentinel://app@one,two:26380/shop/2', env)).toMatchObject({
      topology: {
        kind: 'sentinel',
        sentinels: [
          { host: 'one', port: 26_379 },
          { host: 'two', port: 26_380 },
        ],
        master: 'shop',
        login: { password: 's' },
      },
      login: { username: 'app', password: 'p' },
      database: 2,
    });
  });

  test('names nodes of a cluster', () => {
    expect(parseRedisUrl('rediss+cluster://one:7000,two', {})).toMatchObject({
      topology: {
        kind: 'cluster',
        nodes: [
          { host: 'one', port: 7000 },
          { host: 'two', port: 6379 },
        ],
      },
      tls: {},
    });
  });

  test.each([
    'redis://host:secret',
    'redis://host:0',
    'redis://host:65536',
    'redis://one,two',
    'redis://host/secret',
    'redis://host/1/2',
    'redis://host?secret=1',
    'redis://host?wait=1&wait=2',
    'redis://host?wait=11',
    'redis://host?wait=secret',
    'redis://host?timeout=1',
    'redis://host?prefix=',
    'redis://host?prefix=sec%20ret',
    'redis://host?ca=/secret.pem',
    'redis://user:sec#ret@host',
    'redis://user:sec/ret@host',
    'redis://user:sec?ret@host',
    'redis://user:%zzsecret@host',
    'redis+sentinel://host',
    'redis+cluster://host/1',
    'redis:secret',
  ])('is refused, without a word of it: %s', (url) => {
    const refusal = () => parseRedisUrl(url, {});
    expect(refusal).toThrow(expect.objectContaining({ name: 'StoreError', code: 'store_incompatible' }));
    expect(refusal).toThrow(/^store\.url: /);
    expect(refusal).not.toThrow(/sec/);
  });
});

describe('the URL of a PostgreSQL store', () => {
  test('leaves all but the user to the defaults', () => {
    expect(parsePostgresUrl('postgres://app@', {})).toEqual({
      host: '127.0.0.1',
      port: 5432,
      user: 'app',
      password: undefined,
      database: 'app',
      tls: undefined,
      schema: 'coatcheck',
      pool: 10,
      timeout: 2000,
    });
  });

  test('leaves what it does not name to the environment', () => {
    const env = {
      PGHOST: 'db.example',
      PGPORT: '5433',
      PGUSER: 'app',
      PGPASSWORD: 'pw',
      PGDATABASE: 'shop',
      PGSSLMODE: 'verify-full',
    };
    const all = { host: 'db.example', port: 5433, user: 'app', password: 'pw', database: 'shop', tls: {} };
    expect(parsePostgresUrl('postgresql://', env)).toMatchObject(all);
    const url = 'postgres://me:mine@here:1/other?sslmode=no-verify&schema=s&pool=3&timeout=500';
    expect(parsePostgresUrl(url, env)).toEqual({
      host: 'here',
      port: 1,
      user: 'me',
      password: 'mine',
      database: 'other',
      tls: { rejectUnauthorized: false },
      schema: 's',
      pool: 3,
      timeout: 500,
    });
    expect(parsePostgresUrl('postgres://?host=/run/postgresql', env).host).toBe('/run/postgresql');
  });

  test.each([
    'postgres://',
    'postgres://app@one,two',
    'postgres://app@host?schema=Secret',
    'postgres://app@host?schema=a"b',
    'postgres://app@host?sslmode=secret',
    'postgres://app@host?connect_timeout=1',
    'postgres://app:sec#ret@host',
    'postgres://app@host?pool=0',
  ])('is refused, without a word of it: %s', (url) => {
    const refusal = () => parsePostgresUrl(url, {});
    expect(refusal).toThrow(expect.objectContaining({ name: 'StoreError', code: 'store_incompatible' }));
    expect(refusal).not.toThrow(/sec/i);
  });
});
