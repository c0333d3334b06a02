import type { FlowParty } from '@coatcheck/protocol';
import type { GroupName } from '../groups.ts';
import { stepsInEnglish } from './english-steps.ts';

/** Everything that the page of the flow says, in English. */
export const flowEnglish = {
  pageTitle: 'Flow',
  title: 'How you were signed in',
  lead: 'Every message of this session, recorded by the server as it happened. Step through it with the buttons or the arrow keys; new messages arrive by themselves.',
  parties: {
    browser: 'Browser',
    bff: 'BFF',
    'authorization-server': 'Provider',
    api: 'API',
  } satisfies Record<FlowParty, string>,
  /** For screen readers, after a message's title. */
  way: (from: string, to: string) => `, ${from} to ${to}`,
  groups: {
    'sign-in': 'Sign-in',
    call: 'Call',
    refresh: 'Refresh',
    'sign-out': 'Sign-out',
    messages: 'Messages',
  } satisfies Record<GroupName, string>,
  steps: stepsInEnglish,
  step: {
    title: 'The step',
    back: 'Back',
    next: 'Next',
    latest: 'Latest',
    place: (place: number, of: number) => `Step ${place} of ${of}`,
    wire: 'As it was sent',
    masked: '‹43 characters› stands for something secret: the server knows it, this page never does.',
    specified: 'Specified in',
    section: (name: string, section: string) => `${name}, section ${section}`,
  },
  causes: {
    title: 'Make something happen',
    call: 'Call the API',
    callOften: 'Call it 20 times at once',
    expire: 'Expire the access token',
    provider: 'Sign out at the provider',
    providerHint: 'It tells the BFF by the back channel, and this page is signed out within a second.',
    secondTab: 'Open a second tab',
    runsOut: (left: string) => (
      <>
        The access token runs out in <span className="clock">{left}</span>; the first call close to that
        renews it.
      </>
    ),
    young: (left: string) => (
      <>
        You can have it expire in <span className="clock">{left}</span>: a new token that is refused is not
        blamed for its age.
      </>
    ),
    expired:
      'The API takes this access token no more. Call it, once or 20 times: the BFF meets the refusal, renews the token once for all, and sends the calls again.',
  },
  waiting: 'Asking the server what happened…',
  off: {
    title: 'The server tells nothing here',
    text: 'Messages are recorded only where `diagnostics` is switched on, as in the demo.',
  },
  none: {
    title: 'Nothing recorded yet',
    text: 'The server started anew after you signed in, and it keeps messages in memory only. Call the API, or sign in again.',
  },
};

export type FlowWords = typeof flowEnglish;
