import { list, record } from './input.ts';
import type { ConfigProblem } from './problems.ts';

/** What is wrong with a route that asks for tokens by our word about a person. @param options all, of any shape */
export function homeAssertionProblems(
  route: Readonly<Record<string, unknown>>,
  at: string,
  options: Readonly<Record<string, unknown>>,
): ConfigProblem[] {
  if (route.homeAssertion !== true) return [];
  const key = `${at}.homeAssertion`;
  if (route.session === 'none') {
    const fix = 'Remove it, or let session be required or optional.';
    return [{ key, problem: 'has no effect: the route carries no token.', fix }];
  }
  const providers = list(options.providers).map(record);
  const home =
    route.provider === undefined ? providers[0] : providers.find(({ id }) => id === route.provider);
  const isFapi2 = home?.securityProfile === 'fapi2' && home.clientCertificate === undefined;
  if (home?.dpop === 'required' || isFapi2) {
    const why = isFapi2 ? 'by its securityProfile' : 'at this provider';
    const fix = "Let dpop be 'when-offered' there, or remove homeAssertion.";
    return [{ key, problem: `gives bearer tokens, but dpop is required ${why}.`, fix }];
  }
  if (list(options.clientKeys).length > 0) return [];
  return [
    {
      key,
      problem: 'is true, but clientKeys is missing: nothing could sign the assertion.',
      fix: 'Make a key with: coatcheck keys generate --client.',
    },
  ];
}
