import { CoatcheckError, type CoatcheckErrorCode } from '@coatcheck/client';
import { wordsForRefusal } from '../../failure/refusal-texts.ts';
import type { Texts } from '../../language/english.tsx';
import {
  type Words,
  wordsForEnding,
  wordsForFailedLogin,
  wordsForFailedStepUp,
} from '../../shell/ending-texts.ts';
import type { StatesWords } from './words/english.tsx';

/** One thing that can go wrong, in the words that the app has for it. */
export interface State extends Words {
  readonly code: string;
}

export interface StateGroup {
  readonly id: keyof StatesWords['groups'];
  readonly title: string;
  /** Where somebody meets these. */
  readonly where: string;
  readonly states: readonly State[];
}

const endings = [
  'idle',
  'expired',
  'revoked',
  'provider-logout',
  'refused',
  'replaced',
  'signed-out',
] as const;

const failedLogins = [
  'access_denied',
  'login_expired',
  'provider_unavailable',
  'missing_scope',
  'not_allowed',
  'sign_in_not_accepted',
  'id_token_invalid',
];

const failedStepUps = ['access_denied', 'step_up_failed', 'identity_mismatch', 'session_changed'];

/** With what the server says where the app has no words of its own. */
const refusedCalls: readonly (readonly [CoatcheckErrorCode, string])[] = [
  ['network_error', ''],
  ['session_required', ''],
  ['step_up_required', ''],
  ['insufficient_scope', ''],
  ['connection_required', ''],
  ['store_unavailable', 'Sessions cannot be read right now. You are still signed in; try again later.'],
  [
    'refresh_unavailable',
    'The provider cannot renew access right now. You are still signed in; try again later.',
  ],
  [
    'upstream_unreachable',
    'The API behind this route cannot be reached. You are still signed in; try again later.',
  ],
  ['cross_site_request', 'This request did not come from the app’s own pages, so it was refused.'],
];

/** Every failure that people can meet, grouped by what they were doing. */
export function stateGroups(texts: Texts, { groups }: StatesWords): readonly StateGroup[] {
  return [
    {
      id: 'endings',
      ...groups.endings,
      states: endings.flatMap((code) => withCode(code, wordsForEnding(code, texts))),
    },
    {
      id: 'logins',
      ...groups.logins,
      states: failedLogins.flatMap((code) => withCode(code, wordsForFailedLogin(code, texts))),
    },
    {
      id: 'step-ups',
      ...groups['step-ups'],
      states: failedStepUps.flatMap((code) => withCode(code, wordsForFailedStepUp(code, texts))),
    },
    {
      id: 'calls',
      ...groups.calls,
      states: refusedCalls.map(([code, detail]) =>
        wordsForRefusal(new CoatcheckError({ code, status: 0, detail }), texts),
      ),
    },
  ];
}

function withCode(code: string, words: Words | null): State[] {
  return words === null ? [] : [{ ...words, code }];
}
