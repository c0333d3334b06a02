/** What the page of failures says around them, in English. The failures have the app's own words. */
export const statesEnglish = {
  title: 'When something goes wrong',
  lead: 'Each message says what happened, what is safe and what to do, and has a code that stays the same. Here they are side by side, made by the same parts of the app that show them.',
  ownPage: (address: string) => (
    <>
      Where no app is on the page, the BFF answers with <a href={address}>a page of its own</a>.
    </>
  ),
  groups: {
    endings: {
      title: 'The session ended',
      where: 'Said on the page where somebody was, which keeps what was being written.',
    },
    logins: {
      title: 'Signing in did not work',
      where: 'The provider or the BFF sends people back with the code in the address.',
    },
    'step-ups': {
      title: 'Confirming, allowing or connecting did not work',
      where: 'The session goes on as it was.',
    },
    calls: {
      title: 'A call was refused or got no answer',
      where: 'Said beside what was pressed. Nobody is signed out by it.',
    },
  },
};

export type StatesWords = typeof statesEnglish;
