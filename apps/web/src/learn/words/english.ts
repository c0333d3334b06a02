/** What the way between the pages that explain says, and the page before them, in English. */
export const learnEnglish = {
  title: 'See how it works',
  lead: 'Nothing here is a drawing of how it might be. It is what this app does, with your own session.',
  /** Short names, for the way between the pages. */
  names: {
    flow: 'Flow',
    tokens: 'Tokens',
    lab: 'Attack lab',
    explained: 'Explained',
    states: 'Failures',
  },
  rooms: {
    flow: {
      name: 'Flow',
      text: 'Every message of your own sign-in, of each call and of each refresh, as it was sent, between browser, BFF, provider and API.',
    },
    tokens: {
      name: 'Tokens',
      text: 'What is in the tokens that the server holds for you, claim by claim, and a decoder for any JWT that never leaves this page.',
    },
    lab: {
      name: 'Attack lab',
      text: 'Run the same attacks on an app that keeps its tokens in localStorage and on this one. See what the attacker’s server receives.',
    },
    explained: {
      name: 'JWT and OAuth explained',
      text: 'Who is who in OAuth, what a token says, how it ends and is renewed: each beside the real thing in this session.',
    },
    states: {
      name: 'When something goes wrong',
      text: 'Every failure that people can meet, in the words that they meet: what happened, what is safe, what to do.',
    },
  },
};

export type LearnWords = typeof learnEnglish;
