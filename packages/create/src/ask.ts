import { confirm, isCancel, select, text } from '@clack/prompts';
import { apiProblem, issuerProblem } from './arguments.ts';
import type { ProviderName } from './provider.ts';

/** The questions, one by one; undefined where the person has had enough. */
export interface Questions {
  directory(): Promise<string | undefined>;
  provider(): Promise<ProviderName | undefined>;
  issuer(): Promise<string | undefined>;
  api(): Promise<string | undefined>;
  /** Whether to go on. */
  goOn(): Promise<boolean>;
}

/** Asks in the terminal. */
export function terminalQuestions(): Questions {
  return {
    directory: () => asText('Where should the app be?', 'my-app', () => undefined),
    async provider() {
      const answer = await select<ProviderName>({
        message: 'Who signs people in, in production? (In development nobody needs an account.)',
        options: [
          { value: 'oidc', label: 'An OpenID Provider', hint: 'Keycloak, Entra, Auth0, Okta, your own' },
          { value: 'google', label: 'Google' },
          { value: 'github', label: 'GitHub' },
        ],
      });
      return isCancel(answer) ? undefined : answer;
    },
    issuer: () => asText('Its issuer?', 'https://login.example', issuerProblem),
    api: () => asText('Where is your API?', 'http://127.0.0.1:8080', apiProblem),
    async goOn() {
      const answer = await confirm({ message: 'Do it?' });
      return answer === true;
    },
  };
}

async function asText(
  message: string,
  fallback: string,
  problem: (text: string) => string | undefined,
): Promise<string | undefined> {
  const answer = await text({
    message,
    placeholder: fallback,
    defaultValue: fallback,
    validate(value) {
      const found = problem(value === undefined || value === '' ? fallback : value);
      return found === undefined ? undefined : `This ${found}`;
    },
  });
  return isCancel(answer) ? undefined : answer;
}
