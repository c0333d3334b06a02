import { expect } from 'vitest';
import type { Rig, SignInOptions } from '../rig.ts';
import { createLeakSearch } from './leak-search.ts';

/** What a page may say where the ID token is to blame. */
export const badIdToken = ['id_token_invalid', 'provider_response_invalid'];

/**
 * A sign-in that the provider spoils ends with a page that says why and offers a new start, and with nothing else: no
 * session, no second try with the same answer, nothing secret shown.
 *
 * @param codes the codes that the page may have
 */
export async function expectRefusedSignIn(
  rig: Rig,
  codes: readonly string[],
  options: SignInOptions = {},
): Promise<void> {
  const jar = rig.jar();
  const sessions = await rig.bff.store.sessions();
  const callback = await rig.begin(jar, options);
  const answer = await rig.finish(jar, callback);
  expect([400, 403, 502, 503]).toContain(answer.status);
  expect(answer.headers.get('content-type')).toContain('text/html');
  expect(codes).toContain(answer.headers.get('coatcheck-problem'));
  const page = await answer.text();
  expect(page).toContain(answer.headers.get('coatcheck-problem') ?? '?');
  expect(page).toContain(`href="${rig.bff.paths.login}`);
  // What a test sends in place of a token may be a word of the page.
  const secrets = rig.as.canaries().filter(({ value }) => value.length > 32);
  expect(createLeakSearch(secrets)(page)).toEqual([]);
  rig.as.clearRecords();
  expect((await rig.finish(jar, callback)).status).toBe(400);
  expect(rig.as.hits('token')).toBe(0);
  expect(await rig.bff.store.sessions()).toBe(sessions);
  expect(jar.cookie(rig.bff.cookies.ticket)).toBeUndefined();
  expect(await rig.session(jar)).toEqual({ authenticated: false, reason: 'none' });
}
