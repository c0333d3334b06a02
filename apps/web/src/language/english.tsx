import { failures } from './english-failures.ts';

/** Everything that the app says, in English. The other languages have the same form. */
export const english = {
  failures,
  shell: {
    skip: 'Skip to content',
    main: 'Main',
    home: 'Home',
    notes: 'Notes',
    learn: 'Learn',
    admin: 'Admin',
    profile: 'Profile',
    signIn: 'Sign in',
    signOut: 'Sign out',
    signingOut: 'Signing out…',
    otherLanguage: { code: 'de', name: 'Deutsch' },
    moment: 'One moment…',
    loadingPage: 'Loading the page…',
    tryAgain: 'Try again',
    dismiss: 'Dismiss',
    cancel: 'Cancel',
    code: 'Code:',
    toStart: 'To the start',
    keyboard: 'Keyboard shortcuts',
    footer: (
      <>
        The demo of <strong>Coatcheck</strong>, a backend-for-frontend: tokens stay on the server (RFC 10017).
      </>
    ),
    offline: {
      title: 'You are offline',
      advice: 'What you see may be old. What you write stays here until you are back.',
    },
    stale: {
      title: 'The session could not be checked just now',
      advice: 'You are still signed in, and nothing was lost.',
      again: 'Check again',
    },
    expiry: {
      idleTitle: 'Are you still there?',
      endTitle: 'Your session is about to end',
      idle: 'Nothing was done for a while, so you are about to be signed out.',
      end: 'Save what you are doing. To go on after that, sign in again.',
      left: 'Time left: ',
      stay: 'Stay signed in',
      again: 'Sign in again',
    },
  },
  signIn: {
    title: 'Sign in',
    lead: 'Choose who vouches for you. Your password goes to them, and neither it nor a token comes to this page.',
    ways: 'Ways to sign in',
    continueWith: (name: string) => `Continue with ${name}`,
    others: 'Other ways to sign in',
    all: 'All ways to sign in',
    emulated:
      'Google, GitHub and Facebook are emulated on this machine, unless you started the demo with credentials for the real ones.',
    comesBack: (path: string) => (
      <>
        Afterwards you come back to <code>{path}</code>.
      </>
    ),
    already: (name: string) => `You are signed in as ${name}`,
    alreadyAdvice: 'To change over to another account, sign out first.',
    goOn: 'Go on',
    needed: 'Sign in to see this page',
    neededAdvice: 'It is about you, so it needs to know who you are.',
    onceMore: 'Sign in again',
    again: {
      kept: 'What you were writing is kept in this tab.',
      stays: 'Sign in again in a small window, and this page goes on where it was.',
      waits: 'It is saved as soon as you are signed in again, in a small window.',
      open: 'Sign in again',
      elsewhere: 'Go on in the small window. If it is gone, open it again.',
      giveUp: 'Do not save it',
      notSent: {
        title: 'Somebody else signed in',
        advice: 'What was waiting to be saved was not sent, and it is gone from this page.',
      },
    },
    waiting: 'Asking which providers there are…',
  },
  home: {
    title: ['Your single-page app signs people in.', 'The browser never sees a token.'],
    lead: 'The tokens stay on the server, which adds them to your API calls. All that the browser keeps is a cookie that no script can read.',
    signIn: 'Sign in as a demo user',
    lab: 'Open the attack lab',
    welcome: (name: string, notes: string, profile: string) => (
      <>
        You are signed in as <strong>{name}</strong>, and the panel below has not changed. Write some{' '}
        <a href={notes}>notes</a> or look at your <a href={profile}>session</a>.
      </>
    ),
    readable: {
      title: 'What JavaScript on this page can read right now',
      again: 'Look again',
      notReadable: 'not readable',
      empty: 'empty',
      entries: (count: number) => (count === 1 ? '1 entry:' : `${count} entries:`),
      found: 'Tokens found',
      safe: 'Nothing to steal. The address, the history entry and the page’s HTML were searched as well. The session’s cookie is HttpOnly: script cannot even see that it is there.',
      bad: 'Something to steal: these would leave with the first injected script.',
    },
    path: {
      browser: ['Browser', 'holds a ticket that script cannot read'],
      bff: ['BFF', 'keeps the tokens, sealed'],
      api: ['API', 'checks a token on each call'],
      provider: ['Provider', 'knows who you are, issues the tokens'],
      cookie: 'ticket cookie',
      token: 'access token',
      code: 'code + PKCE, refresh',
      caption:
        'The browser talks to one origin only. The BFF signs people in at the provider, and adds the access token when it passes a call on to the API.',
    },
    call: {
      title: 'Call the API',
      text: (
        <>
          <code>fetch('/api/me')</code>, without any token. The API answers with what it saw of the caller.
        </>
      ),
      button: 'Call /api/me',
      busy: 'Calling…',
      seen: 'What the API saw',
    },
    accounts: {
      title: 'Two demo accounts',
      alice: 'writes notes',
      admin: 'sees the list of users as well',
      password: (
        <>
          The password of both is <code>coatcheck</code>. They exist on this machine only.
        </>
      ),
      others:
        'Google, GitHub and Facebook are emulated here too, with accounts of their own, unless you started the demo with credentials for the real ones.',
    },
  },
  notes: {
    title: 'Notes',
    create: 'New note',
    search: 'Search notes',
    searchHint: 'Search',
    found: (count: number, text: string) =>
      count === 1 ? `1 note with “${text}”` : `${count} notes with “${text}”`,
    notFound: (text: string) => `No note with “${text}”`,
    notFoundAdvice: 'Titles and texts were searched.',
    clearSearch: 'Show all notes',
    none: 'You have no notes yet.',
    noneAdvice: 'Write down the first thing that should not get lost: it is kept for you alone.',
    readOnly: (
      <>
        You can read your notes. Writing needs the permission <code>notes:write</code>, which this session
        does not have: you are asked for it when you save.
      </>
    ),
    loading: 'Loading your notes…',
    older: 'Older notes',
    loadingMore: 'Loading…',
    formNew: 'New note',
    formEdit: 'Edit note',
    titleField: 'Title',
    textField: 'Text',
    save: 'Save',
    saving: 'Saving…',
    changed: (when: string) => `Changed ${when}`,
    edit: 'Edit',
    remove: 'Delete',
    removed: (title: string) => `“${title}” is deleted`,
    undo: 'Undo',
    undone: (title: string) => `“${title}” is back`,
    saved: (title: string) => `“${title}” is saved`,
    tooLate: 'It can be brought back for ten minutes.',
    removeAll: 'Delete all notes',
    removeAllTitle: 'Delete all of your notes?',
    removeAllAdvice: 'They cannot be brought back.',
    keepAll: 'Keep them',
    yesAll: 'Delete them all',
    draftKept: 'What you write stays in this tab until you save or cancel.',
  },
  shortcuts: {
    title: 'Keyboard shortcuts',
    close: 'Close',
    rows: [
      ['n', 'Write a new note (on the page of notes)'],
      ['/', 'Search the notes'],
      ['Ctrl Enter', 'Save the note you are writing'],
      ['Esc', 'Cancel writing'],
      ['g h', 'Go home'],
      ['g n', 'Go to the notes'],
      ['g p', 'Go to your profile'],
      ['?', 'Show this list'],
    ],
  },
  profile: {
    title: 'Your session',
    withProvider: (name: string) => `Session with ${name}`,
    since: (when: string) => `Since ${when}`,
    goodFor: 'Good for',
    number: 'No.',
    life: 'Life of the session left',
    times: {
      title: 'What runs out when',
      idle: 'If you do nothing, the session ends in',
      end: 'Whatever you do, it ends in',
      token: 'The BFF renews its access to the API within',
      stay: 'Stay signed in',
      extended: (when: string) => `Good until ${when} without another click.`,
      failed: 'That did not reach the server. Try again.',
    },
    accounts: {
      title: 'Your accounts',
      waiting: 'Asking which providers there are…',
      own: 'You signed in with it',
      connected: 'Connected',
      notConnected: 'Not connected',
      connect: 'Connect',
      disconnect: 'Disconnect',
      disconnected: (name: string) => `${name} is disconnected.`,
    },
    devices: {
      title: 'Where you are signed in',
      waiting: 'Asking for your sessions…',
      here: 'This one',
      seen: (since: string, last: string) => `Signed in ${since}, last seen ${last}`,
      justNow: 'just now',
      signOut: 'Sign out',
      which: (device: string, since: string) => ` ${device}, signed in ${since}`,
      isOut: (device: string) => `${device} is signed out.`,
      othersOut: (count: number) =>
        count === 1 ? 'One other session is signed out.' : `${count} other sessions are signed out.`,
      nowhere: 'You are signed in nowhere else.',
      others: 'Sign out everywhere else',
      othersTitle: (count: number) =>
        count === 1 ? 'Sign out the other session?' : `Sign out the ${count} other sessions?`,
      othersAdvice: 'It will take a new sign-in there; this one stays.',
      yes: 'Yes, sign out',
      everywhere: 'Sign out everywhere, here too',
      everywhereTitle: 'Sign out everywhere?',
      everywhereAdvice: 'All of your sessions end, on every device, and this one with them.',
      place: 'Where in the world a session is used is not shown: the BFF keeps no addresses.',
    },
    grants: {
      title: 'What this session may do',
      provider: 'Provider',
      subject: 'Subject',
      email: 'E-mail',
      roles: 'Roles',
      scopes: 'Scopes',
      methods: 'Signed in with',
    },
    leave: {
      title: 'Leave',
      text: 'Signing out ends the session on the server, takes the tokens back and signs you out at the provider, in every tab.',
      local: 'Sign out of this app only',
      form: 'Sign out with a plain form',
    },
  },
  admin: {
    title: 'Users',
    lead: (
      <>
        Everybody the API has seen. This page asks for the role <code>admin</code> to spare others the way; it
        is the API that decides.
      </>
    ),
    loading: 'Loading the users…',
    search: 'Search users',
    found: (shown: number, total: number) => `${shown} of ${total}`,
    none: 'Nobody with that name or address.',
    table: 'Table of users',
    user: 'User',
    notes: 'Notes',
    seen: 'Last seen',
  },
};

export type Texts = typeof english;
