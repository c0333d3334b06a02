import type { ApiAnswer, StolenToken, Way } from '../findings.ts';
import type { Met } from '../payload.ts';
import type { ScenarioId, Victim } from '../scenarios.ts';

const ways: Readonly<Record<Way, string>> = {
  storage: 'Read from localStorage.',
  overheard: 'Overheard from the app’s own call.',
  renewed: 'Renewed by the app, and taken at once.',
  frame: 'From a sign-in of the attacker’s own, in a hidden frame.',
  page: 'Found in the page.',
  call: 'Stolen before, used now.',
};

const met: Readonly<Record<Met, string>> = {
  'fetch-went': 'A fetch to the attacker’s server went through.',
  'fetch-blocked': 'A fetch to the attacker’s server was blocked by the Content-Security-Policy.',
  'frame-open': 'The frame was not blocked, and its answer could not be read.',
  'frame-blocked': 'The hidden frame was blocked by the Content-Security-Policy.',
  'window-opened':
    'It opened a window of the attacker’s, with its loot in the address. No policy stops that.',
};

const attacks: Readonly<Record<ScenarioId, { title: string; text: string; why: Record<Victim, string> }>> = {
  single: {
    title: 'One look',
    text: 'Script gets into the page once and takes every token it finds.',
    why: {
      storage: 'localStorage is open to every script of the page.',
      memory:
        'Nothing lies in storage, but the page sends the token: script in the place of fetch sees it go by.',
      coatcheck: 'The page has no token, and its calls carry none.',
    },
  },
  proxy: {
    title: 'Through your browser',
    text: 'The script takes nothing away. It makes the page call the API, and sends off the answers.',
    why: {
      storage: 'The script calls what the app calls.',
      memory: 'The script calls what the app calls.',
      coatcheck:
        'The session is open, so the page’s calls work, whoever makes them. No token left, but data did.',
    },
  },
  persistent: {
    title: 'The script stays',
    text: 'It waits for each new token. Refresh tokens rotate: each is good for one use.',
    why: {
      storage: 'Rotation brings a new refresh token, and the script takes that one too.',
      memory: 'The script hears each answer of the token endpoint.',
      coatcheck: 'Tokens are renewed on the server: nothing new ever comes by.',
    },
  },
  frame: {
    title: 'New tokens by a hidden frame',
    text: 'The script starts a sign-in of its own in a frame nobody sees.',
    why: {
      storage: 'The provider knows the browser and answers without a word. The app never sees these tokens.',
      memory: 'However well the app hides its own tokens: these are others.',
      coatcheck:
        'No frame opens here, and a code is worth nothing without the BFF’s secret and its verifier.',
    },
  },
  logout: {
    title: 'After you are gone',
    text: 'You sign out, or close the tab. Then the attacker comes back to what it has.',
    why: {
      storage: 'Signing out cleared the page, not the attacker’s copy.',
      memory: 'Closing the tab clears the memory, not the attacker’s copy.',
      coatcheck: 'Whatever script could do here ended with the page.',
    },
  },
  csrf: {
    title: 'From another site',
    text: 'No script gets in. A page of the attacker’s posts a form to the app, in your name.',
    why: {
      storage: 'No token comes along by itself.',
      memory: 'No token comes along by itself.',
      coatcheck: 'The cookie stays at home, and the browser says where the request came from: 403.',
    },
  },
};

/** Everything that the lab says, in English. */
export const labEnglish = {
  title: 'Attack lab',
  lead: (name: string) =>
    `Suppose an attacker’s script runs in the page: a dependency that was taken over, a text that was not escaped. Run each attack on two apps that keep their tokens in the page, and on this very app with your own session, ${name}. The cells fill with what the attacker’s server really has.`,
  honest: 'One row works on all three: a BFF does not stop it.',
  honestLink: 'What limits it',
  local:
    'Everything stays on this machine. The first run on one of the other apps asks you to sign in there, in a window of its own.',
  attack: 'Attack',
  victims: {
    storage: 'Tokens in localStorage',
    memory: 'Tokens in memory',
    coatcheck: 'Behind Coatcheck',
  } satisfies Record<Victim, string>,
  victimNotes: {
    storage: 'Code flow in the page, rotation',
    memory: 'Code flow in the page, rotation',
    coatcheck: 'This app, your session',
  } satisfies Record<Victim, string>,
  everywhere: 'A BFF does not stop this',
  attacks,
  run: 'Run',
  runAgain: 'Run again',
  running: 'Running…',
  use: 'Be the attacker, later',
  failed: 'The attack failed: ',
  waiting: 'Waiting for the attacker’s server. If nothing comes, this browser blocked its window.',
  verdicts: {
    'not-run': 'Not run yet',
    stolen: 'Stolen',
    data: 'Works: your data left',
    nothing: 'Nothing to steal',
    written: 'Worked: a note was written',
    unwritten: 'Refused: nothing was written',
    sent: 'Sent',
  },
  usable: (seconds: number) => `can call the API for ${seconds} s`,
  ranOut: 'the access token ran out',
  renewable: 'new tokens at will, by the refresh token',
  log: (lines: number) => `Attacker’s log (${lines})`,
  tokenKinds: { access_token: 'Access token', refresh_token: 'Refresh token' } satisfies Record<
    StolenToken['kind'],
    string
  >,
  characters: (count: number) => `${count} characters`,
  ways,
  met,
  metTitle: 'What the script met',
  answer: ({ status, name }: ApiAnswer) =>
    name === null
      ? `The API refused it: ${status}.`
      : `The attacker’s own machine called the API with it: ${status}, as ${name}.`,
  nothing: (readable: number) => `${readable} characters: all that script can read here, and no token in it.`,
  data: (name: string, email: string) => `What the API told you: ${name}, ${email}.`,
  codeRefused: (status: number, error: string) =>
    `A code would not help: the provider wants the BFF’s secret with it (${status} ${error}).`,
  renewed: 'You were gone, and the provider gave new tokens for the stolen one.',
  renewalRefused: (error: string) => `The provider refused the stolen refresh token: ${error}.`,
  noLoot: 'Nothing to use: no token ever arrived, and the cookie cannot be read by script.',
  formSent: 'A form went off in your name. Its answer is not for this server to read.',
  forget: 'Empty the attacker’s server',
  off: {
    title: 'The lab is not running',
    text: 'Its servers come with the demo alone, and never outside of it.',
  },
  limits: {
    title: 'What a BFF does not stop, and what limits it',
    text: 'Script in the page can do what the page can do, while it is open. A BFF takes away the tokens, and with them everything that outlives the page and works from elsewhere. For the rest:',
    items: (attacker: string): readonly (readonly [name: string, text: string])[] => [
      [
        'Content-Security-Policy',
        `only this app’s own script files run, nothing inline; no frames, no fetch to anybody else. It makes getting in much harder. It does not stop a window that is opened at ${attacker}. (That the attacks run here at all is because their script is one of this app’s own files.)`,
      ],
      ['Step-up', 'what cannot be undone asks for a fresh sign-in, which no script can give.'],
      ['Short idle time', 'a page that was left alone is signed out, and with it whatever rides on it.'],
      ['Routes as an allow-list, scopes per route', 'the page reaches only what it needs.'],
      ['Rate limits at the API', 'a script that copies everything takes longer, and is seen.'],
      [
        'The list of your sessions',
        'on your profile: end one, and its page and every script in it are out at once.',
      ],
    ],
  },
};

export type LabWords = typeof labEnglish;
