const safe = 'Everything you saved is safe.';
const unchanged = 'You are still signed in, and nothing was changed.';

/** What the app says when something ended or did not work: what happened, what is safe, what to do. */
export const failures = {
  endings: {
    'signed-out': { title: 'You are signed out', advice: 'Nothing of yours is left in this browser.' },
    expired: { title: 'Your session has reached its end', advice: `${safe} Sign in again to go on.` },
    idle: {
      title: 'You were signed out after a while without activity',
      advice: `${safe} Sign in again to go on.`,
    },
    revoked: {
      title: 'Your session was ended from elsewhere',
      advice: `${safe} Sign in again; if it was not you who ended it, change your password first.`,
    },
    'provider-logout': {
      title: 'You signed out at the provider, so you are signed out here too',
      advice: `${safe} Sign in again whenever you like.`,
    },
    refused: {
      title: 'The provider did not renew your session',
      advice: `${safe} Sign in again. If that fails too, your access may have been withdrawn.`,
    },
    replaced: {
      title: 'A newer sign-in took the place of this session',
      advice: `${safe} Sign in again if you still need this one.`,
    },
  },
  stepUp: {
    declined: { title: 'The permission was not given', advice: unchanged },
    notStrong: {
      title: 'The provider did not sign you in anew, or not strongly enough',
      advice: unchanged,
    },
    somebodyElse: { title: 'Somebody else signed in at the provider', advice: unchanged },
    changed: { title: 'Your session changed meanwhile, in another tab perhaps', advice: 'Try again.' },
    notAllowed: { title: 'That account may not come in here', advice: unchanged },
    other: { title: 'That did not work at the provider', advice: unchanged },
  },
  login: {
    declined: {
      title: 'You were not signed in, because the request was declined',
      advice: 'Nothing was changed. You can try again, and allow what this demo asks for.',
    },
    stale: {
      title: 'That sign-in is no longer valid',
      advice: 'It took too long, or was used before. Nothing was changed; start again.',
    },
    providerDown: {
      title: 'The provider cannot be reached',
      advice: 'You lost nothing. Wait a moment and try again.',
    },
    missingScope: {
      title: 'A needed permission was not given',
      advice: 'Nobody was signed in. Sign in again and allow it.',
    },
    notAllowed: {
      title: 'That account may not come in here',
      advice: 'Nobody was signed in. Use another account, or ask the operator.',
    },
    noSession: {
      title: 'You are back, but there is no session',
      advice: 'If you did sign in, cookies may be blocked for this site: allow them and try again.',
    },
    other: {
      title: 'Signing in did not work',
      advice: 'Nothing was changed. Try again; if it stays, tell the operator the code below.',
    },
  },
  call: {
    noAnswer: {
      title: 'There was no answer',
      advice: 'The connection may be down. Nothing was lost; try again.',
    },
    noSession: {
      title: 'You are not signed in',
      advice: 'The BFF stopped the call: there is no session for it.',
    },
    consent: {
      title: 'This needs one more permission',
      advice: 'Nothing was changed. Allow it at the provider; you come back here.',
    },
    scope: {
      title: 'Your session does not allow this',
      advice: 'Nothing was changed. Sign in again and allow it, if the provider offers it to you.',
    },
    confirm: {
      title: 'Confirm who you are',
      advice: 'The API does this only right after a sign-in. Nothing was changed; you come back here.',
    },
    connection: {
      title: 'This needs another account of yours',
      advice: 'Nothing was changed. Connect the account; you come back here.',
    },
    badMoment: { title: 'That did not work just now', advice: '' },
    refused: { title: 'The server refused this call', advice: '' },
    input: { title: 'The API could not accept this', advice: '' },
    token: {
      title: 'The API did not accept the call',
      advice: 'You are still signed in. Try again; if it stays, sign out and in.',
    },
    forbidden: {
      title: 'The API does not let you do this',
      advice: 'Nothing was changed. Ask for the permission.',
    },
    gone: {
      title: 'That is not there any more',
      advice: 'It may have been deleted elsewhere. Reload the list.',
    },
    apiFailed: { title: 'The API could not do it', advice: '' },
  },
  remedies: { 'sign-in': 'Confirm who you are', consent: 'Allow it', connection: 'Connect the account' },
  pages: {
    notFound: {
      title: 'There is no page here',
      advice: 'The address may be old or mistyped. Nothing is wrong with your session.',
    },
    notYours: {
      title: 'This page is for administrators',
      advice:
        'You are signed in, but without the role that it needs. The API would refuse its data as well. In the demo, admin@example.test has that role.',
    },
    unreachable: {
      title: 'The server cannot be asked who you are',
      advice: 'You may still be signed in, and nothing was lost.',
    },
    broken: {
      title: 'This page broke',
      advice: 'That is a mistake in the demo. Your session and what you saved are untouched.',
      again: 'Start over',
    },
  },
};
