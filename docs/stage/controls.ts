import { channelName, defaultBasePath } from '@coatcheck/protocol';
import { alice, bob } from './held-session.ts';
import type { createStage } from './stage.ts';

/** Something that happens elsewhere: at the provider, on another device, in the network. */
interface Control {
  readonly label: string;
  run(stage: ReturnType<typeof createStage>): void;
}

const plainly = { acrValues: null, consent: null };

function signInElsewhere(person: typeof alice): Control['run'] {
  return ({ bff, post }) => {
    bff.signIn(person, plainly);
    post(channelName(defaultBasePath), { type: 'changed' });
  };
}

export const controls = {
  'sign-in': { label: 'Alice signs in in another tab', run: signInElsewhere(alice) },
  'sign-in-bob': { label: 'Bob signs in in another tab', run: signInElsewhere(bob) },
  revoke: { label: 'End the session from another device', run: ({ bff }) => bff.end('revoked') },
  'provider-logout': { label: 'Sign out at the provider', run: ({ bff }) => bff.end('provider-logout') },
  idle: { label: 'Expire in 20 seconds', run: ({ bff }) => bff.letIdle(20) },
  expire: { label: 'Expire now', run: ({ bff }) => bff.end('idle') },
  offline: { label: 'Lose the network', run: (stage) => stage.setOutage('offline') },
  'provider-down': { label: 'The provider is down', run: (stage) => stage.setOutage('refresh_unavailable') },
  online: { label: 'All is well again', run: (stage) => stage.setOutage(null) },
  'block-popups': { label: 'Block popups', run: (stage) => stage.allowPopups(false) },
} as const satisfies Record<string, Control>;

export type ControlName = keyof typeof controls;
