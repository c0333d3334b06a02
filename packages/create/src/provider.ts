export const providerNames = ['oidc', 'google', 'github'] as const;
export type ProviderName = (typeof providerNames)[number];

/** Who signs people in in production. */
export interface ProviderChoice {
  readonly name: ProviderName;
  /** Of the OpenID Provider; the others have theirs. */
  readonly issuer: string | undefined;
}

/** Stands where nobody has said which provider it is. */
export const exampleIssuer = 'https://login.example';

export function isProviderName(name: string): name is ProviderName {
  return providerNames.some((one) => one === name);
}

/** The provider's entry in `coatcheck.config.json`; its credentials come from the environment. */
export function providerEntry({ name, issuer }: ProviderChoice): object {
  const shouted = name.toUpperCase();
  return {
    id: name,
    ...(name === 'oidc' ? { issuer: issuer ?? exampleIssuer } : { profile: name }),
    clientId: { env: `${shouted}_CLIENT_ID` },
    clientSecret: { env: `${shouted}_CLIENT_SECRET` },
  };
}

/** What is left to do at the provider. */
export function providerSteps({ name, issuer }: ProviderChoice, publicUrl: string): string[] {
  const shouted = name.toUpperCase();
  const steps = [
    `register the redirect URI ${publicUrl}/bff/callback/${name} (with your publicUrl)`,
    `set ${shouted}_CLIENT_ID and ${shouted}_CLIENT_SECRET`,
  ];
  if (name === 'oidc') {
    steps.push(`register ${publicUrl}/bff/logout/callback as the address after a sign-out`);
    steps.push(
      issuer === undefined
        ? `write its issuer in the place of ${exampleIssuer}`
        : `see what it can do: npx coatcheck doctor --issuer ${issuer}`,
    );
  } else {
    steps.push(
      `its access tokens are for its own API; how yours gets tokens of its own is in the guide “Providers”, “APIs after a sign-in elsewhere”`,
    );
  }
  return steps;
}
