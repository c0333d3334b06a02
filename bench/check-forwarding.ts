import { largeBytes, smallBody, type Upstream } from './surroundings/upstream.ts';
import type { Started } from './targets/target.ts';

/**
 * Makes sure that a target does what it is measured for: it forwards small and large, the upstream gets the session's access token (or
 * none), and no cookie. A server that answers 401 is fast too.
 *
 * @throws with the difference
 */
export async function checkForwarding(name: string, started: Started, upstream: Upstream): Promise<void> {
  const { headers, sends, url } = started;
  const small = await fetch(url, { headers, redirect: 'manual' });
  const body = await small.text();
  if (small.status !== 200 || body !== smallBody) {
    throw new Error(`${name} answered ${small.status}: ${body.slice(0, 300)}`);
  }
  const large = await fetch(new URL(upstream.largePath, url), { headers, redirect: 'manual' });
  const { byteLength } = await large.arrayBuffer();
  if (large.status !== 200 || byteLength !== largeBytes) {
    throw new Error(`${name} answered ${large.status} with ${byteLength} bytes to the large GET`);
  }
  const sent = { method: 'POST', headers, body: 'x'.repeat(largeBytes), redirect: 'manual' } as const;
  const upload = await fetch(new URL(upstream.uploadPath, url), sent);
  if (upload.status !== 200 || (await upload.text()) !== smallBody) {
    throw new Error(`${name} answered ${upload.status} to the large POST`);
  }
  const answer = await fetch(new URL(upstream.seenPath, url), { headers, redirect: 'manual' });
  const seen = await answer.text();
  const expected = JSON.stringify({ token: sends === 'bearer' ? 'bearer' : 'none', cookie: 'none' });
  if (seen !== expected) throw new Error(`${name}: the upstream saw ${seen.slice(0, 300)}, not ${expected}`);
}
