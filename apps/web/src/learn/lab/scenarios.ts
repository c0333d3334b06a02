export type Victim = 'storage' | 'coatcheck';

/** An attack of RFC 10017 §5, and what comes of it on either side. */
export interface Scenario {
  readonly id: ScenarioId;
  readonly title: string;
  readonly text: string;
  /** What to expect, in words; null where it means nothing for that app. */
  readonly outcome: Readonly<Record<Victim, string | null>>;
  /** It works on both sides. */
  readonly worksHereToo?: boolean;
}

export type ScenarioId = 'single' | 'persistent' | 'frame' | 'proxy' | 'logout' | 'csrf';

export const scenarios: readonly Scenario[] = [
  {
    id: 'single',
    title: 'One look',
    text: 'Script gets into the page once and takes every token it finds.',
    outcome: {
      storage: 'Stolen, and good on the attacker’s own machine.',
      coatcheck: 'Nothing to steal.',
    },
  },
  {
    id: 'persistent',
    title: 'The script stays',
    text: 'It waits for each new token. Rotation replaces the refresh token at each use; the script takes the next one as well.',
    outcome: {
      storage: 'Each new pair is stolen too.',
      coatcheck: 'The tokens are renewed on the server: nothing new ever comes by.',
    },
  },
  {
    id: 'frame',
    title: 'New tokens through a hidden frame',
    text: 'The script starts a sign-in of its own in a frame nobody sees. The provider knows the person and answers without a word.',
    outcome: {
      storage: 'Fresh tokens, even if the app had hidden its own perfectly.',
      coatcheck: 'The page may not open frames, and a code is worth nothing without the BFF’s secret.',
    },
  },
  {
    id: 'proxy',
    title: 'Through the victim’s browser',
    text: 'The script takes no token at all. It makes the page call the API, and sends the answers off.',
    outcome: {
      storage: 'Works.',
      coatcheck: 'Works here too, as long as the page is open. No token leaves, but data does.',
    },
    worksHereToo: true,
  },
  {
    id: 'logout',
    title: 'After you are gone',
    text: 'You sign out, or close the tab. What can the attacker still do?',
    outcome: {
      storage: 'Goes on with the refresh token, for hours or days.',
      coatcheck: 'Nothing: the attack ended with the page.',
    },
  },
  {
    id: 'csrf',
    title: 'From another site',
    text: 'No script gets in. A page of the attacker’s posts a form to the app, and hopes that the browser sends the cookie along.',
    outcome: {
      storage: null,
      coatcheck:
        '403: the cookie is not sent across sites, and the browser says where the request comes from.',
    },
  },
];
