import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import Bowser from 'bowser';
import { deriveKeys } from '../ticket/keys.ts';

/** Names a browser for the list of a person's sessions, and seals the name for the store. */
export interface DeviceLabels {
  seal(userAgent: string | undefined): Uint8Array;
  /** A fallback for what no key opens. */
  open(sealed: Uint8Array | null): string;
}

const unknown = 'Unknown browser';
const nonceLength = 12;
const tagLength = 16;

/** @param rootKeys the first seals, all open */
export function createDeviceLabels(rootKeys: readonly Buffer[]): DeviceLabels {
  const keys = deriveKeys(rootKeys, 'label');
  return {
    seal(userAgent) {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv('aes-256-gcm', keys[0] ?? '', nonce);
      return Buffer.concat([
        nonce,
        cipher.update(labelOf(userAgent), 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
    },
    open(sealed) {
      if (sealed === null || sealed.length <= nonceLength + tagLength) return unknown;
      return keys.map((key) => openWith(key, sealed)).find((label) => label !== undefined) ?? unknown;
    },
  };
}

/** `Chrome on Linux`: enough to recognize a device, too little to follow one. */
function labelOf(userAgent: string | undefined): string {
  if (userAgent === undefined || userAgent === '') return unknown;
  const { browser, os } = Bowser.parse(userAgent.slice(0, 512));
  const names = [browser.name, os.name].filter((name) => name !== undefined && name !== '');
  return names.length === 0 ? unknown : names.join(' on ').slice(0, 80);
}

function openWith(key: Buffer, sealed: Uint8Array): string | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceLength), {
      authTagLength: tagLength,
    });
    decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
    const text = decipher.update(sealed.subarray(nonceLength, sealed.length - tagLength), undefined, 'utf8');
    return text + decipher.final('utf8');
  } catch {
    return undefined;
  }
}
