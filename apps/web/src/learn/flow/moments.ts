import type { FlowStep } from '@coatcheck/protocol';

/** Where a message is specified. */
export interface Source {
  readonly name: string;
  readonly section: string;
  readonly url: string;
}

const rfc = (number: number, section: string): Source => ({
  name: `RFC ${number}`,
  section,
  url: `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`,
});
const openid = (section: string, anchor: string): Source => ({
  name: 'OpenID Connect Core',
  section,
  url: `https://openid.net/specs/openid-connect-core-1_0.html#${anchor}`,
});
const openidLogout = (section: string, anchor: string): Source => ({
  name: 'OpenID RP-Initiated Logout',
  section,
  url: `https://openid.net/specs/openid-connect-rpinitiated-1_0.html#${anchor}`,
});

/** What there is to say something about, and where it is specified: requests by their kind, and the provider's answers. */
const sources = {
  login: rfc(10017, '6.1'),
  'login-redirect': rfc(7636, '4.3'),
  'pushed-request': rfc(9126, '2'),
  callback: rfc(6749, '4.1.2'),
  'code-exchange': rfc(6749, '4.1.3'),
  userinfo: openid('5.3', 'UserInfo'),
  'signed-in': rfc(10017, '6.1'),
  'api-call': rfc(10017, '6.1'),
  'forwarded-call': rfc(6750, '2.1'),
  'api-answer': rfc(9068, '4'),
  'call-answer': rfc(10017, '6.1'),
  refresh: rfc(6749, '6'),
  'token-exchange': rfc(8693, '2.1'),
  assertion: rfc(7523, '2.1'),
  revocation: rfc(7009, '2.1'),
  logout: openidLogout('2', 'RPLogout'),
  'logout-redirect': openidLogout('3', 'RedirectionAfterLogout'),
  metadata: rfc(8414, '3'),
  other: null,
  'pushed-request-answer': rfc(9126, '2.2'),
  'code-exchange-answer': openid('3.1.3.7', 'IDTokenValidation'),
  'refresh-answer': rfc(9700, '4.14.2'),
  'token-exchange-answer': rfc(8693, '2.2'),
  'assertion-answer': rfc(7521, '4.1'),
  'revocation-answer': rfc(7009, '2.2'),
  'userinfo-answer': openid('5.3.2', 'UserInfoResponse'),
  'metadata-answer': rfc(8414, '3.2'),
  /** The API's answer to a token that it takes no more; the BFF renews it and sends the call once more. */
  'token-refused': rfc(6750, '3.1'),
} satisfies Record<string, Source | null>;

export type Moment = keyof typeof sources;

export function momentOf({ kind, from, line, fields }: FlowStep): Moment {
  if (kind === 'api-answer' && line === '401' && fields.length > 0) return 'token-refused';
  const answer = `${kind}-answer`;
  return from === 'authorization-server' && isMoment(answer) ? answer : kind;
}

function isMoment(name: string): name is Moment {
  return Object.hasOwn(sources, name);
}

export function sourceOf(moment: Moment): Source | null {
  return sources[moment];
}
