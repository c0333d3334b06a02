import type { AdapterPayload } from 'oidc-provider';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteAdapter } from '../src/store/adapter.ts';
import { openDatabase } from '../src/store/database.ts';
import { temporaryDirectory } from './start.ts';

async function adapters() {
  const database = openDatabase(await temporaryDirectory());
  onTestFinished(() => database.close());
  return (model: string) => new SqliteAdapter(database, model, () => 5_000);
}

test.each(['AuthorizationCode', 'RefreshToken'])(
  'BFF-OP-02, BFF-OP-03: of two requests that both read a %s as unused, the second loses and the grant with it',
  async (model) => {
    const adapter = await adapters();
    const payload: AdapterPayload = { grantId: 'g' };
    await adapter('Grant').upsert('g', {}, 60);
    await adapter(model).upsert('first', payload, 60);
    await adapter('RefreshToken').upsert('made of it', payload, 60);
    await adapter('RefreshToken').upsert('of another grant', { grantId: 'other' }, 60);
    await adapter(model).consume('first');
    expect(await adapter(model).find('first')).toMatchObject({ consumed: 5 });
    await expect(adapter(model).consume('first')).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await adapter('Grant').find('g')).toBeUndefined();
    expect(await adapter('RefreshToken').find('made of it')).toBeUndefined();
    expect(await adapter('RefreshToken').find('of another grant')).toBeDefined();
  },
);

test('what was consumed stays so when it is written again', async () => {
  const adapter = (await adapters())('RefreshToken');
  await adapter.upsert('token', { grantId: 'g' }, 60);
  await adapter.consume('token');
  await adapter.upsert('token', { grantId: 'g' }, 60);
  expect(await adapter.find('token')).toMatchObject({ consumed: 5 });
});

test('records are found by id, session uid and user code, each model by itself', async () => {
  const adapter = await adapters();
  await adapter('Session').upsert('s', { uid: 'u', accountId: 'alice' }, 60);
  await adapter('DeviceCode').upsert('d', { userCode: 'c' }, 60);
  expect(await adapter('Session').findByUid('u')).toMatchObject({ accountId: 'alice' });
  expect(await adapter('DeviceCode').findByUserCode('c')).toBeDefined();
  expect(await adapter('Grant').find('s')).toBeUndefined();
  expect(await adapter('Grant').findByUid('u')).toBeUndefined();
  await adapter('Session').destroy('s');
  expect(await adapter('Session').findByUid('u')).toBeUndefined();
});
