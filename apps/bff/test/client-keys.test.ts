import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config/load.ts';
import { clientKeyAlgorithms, newClientKey } from '../src/keys/client-key.ts';
import { configFile, ownFolder, run, workingConfig } from './command.ts';

/** How many keys a file holds, as the configuration sees them; it is checked on the way. */
function keysIn(text: string, option: 'clientKeys' | 'decryptionKeys' = 'clientKeys'): number {
  const folder = ownFolder();
  writeFileSync(join(folder, 'keys'), text);
  const config = loadConfig(configFile({ ...workingConfig(), [option]: [{ file: 'keys' }] }, folder), {});
  return config[option]?.length ?? 0;
}

describe('a new client key', () => {
  it.each(clientKeyAlgorithms)('for %s is taken by the configuration, as JWK and as PEM', (alg) => {
    const option = alg.startsWith('ECDH') || alg.startsWith('RSA') ? 'decryptionKeys' : 'clientKeys';
    const jwk = newClientKey(alg, 'jwk');
    expect(jwk).not.toContain('\n');
    expect(JSON.parse(jwk)).toMatchObject({ use: option === 'clientKeys' ? 'sig' : 'enc' });
    expect([keysIn(jwk, option), keysIn(newClientKey(alg, 'pem'), option)]).toEqual([1, 1]);
  });

  it('is printed by the command line', async () => {
    const { code, stdout } = await run(['keys', 'generate', '--client', '--alg', 'EdDSA']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kty: 'OKP', use: 'sig' });
  });

  it('is not made for an algorithm that nobody knows', async () => {
    expect((await run(['keys', 'generate', '--client', '--alg', 'HS256'])).code).toBe(2);
  });
});

describe('a file of client keys', () => {
  const jwk = () => newClientKey('ES256', 'jwk');
  const pem = () => newClientKey('ES256', 'pem');

  it('holds several, one a line as JWK or one block after the other as PEM', () => {
    expect(keysIn(`${jwk()}\n${jwk()}\n`)).toBe(2);
    expect(keysIn(`${pem()}\n${pem()}\n`)).toBe(2);
    expect(keysIn(JSON.stringify(JSON.parse(jwk()), null, 2))).toBe(1);
  });

  it('may be named by the environment', () => {
    const folder = ownFolder();
    const file = join(folder, 'key.pem');
    writeFileSync(file, pem());
    const config = loadConfig(configFile(workingConfig(), folder), { COATCHECK_CLIENT_KEYS_0_FILE: file });
    expect(config.clientKeys).toHaveLength(1);
  });
});
