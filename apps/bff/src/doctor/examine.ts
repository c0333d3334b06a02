import type { Profile } from '@coatcheck/bff';
import { checkClient } from './checks/client.ts';
import { checkClock } from './checks/clock.ts';
import { checkKeys } from './checks/keys.ts';
import { checkLogout } from './checks/logout.ts';
import { checkPlace, checkTypes } from './checks/place.ts';
import { checkSignIn } from './checks/sign-in.ts';
import { checkTokens } from './checks/tokens.ts';
import { type Fetched, fetchDocument, type Surroundings } from './fetch-document.ts';
import { type Finding, findingsAbout } from './finding.ts';
import { type Metadata, mayCall, readMetadata } from './metadata.ts';
import type { Subject } from './subject.ts';

/** What is to be examined. */
export interface Wanted {
  readonly issuer: URL;
  /** To the letter. */
  readonly issuerName: string;
  readonly profile: Profile;
}

/** What came of it. */
export type Examination =
  /** No answer at all; `reason` is printable. */
  | { readonly kind: 'unreachable'; readonly url: string; readonly reason: string }
  | {
      readonly kind: 'examined';
      /** Undefined where no metadata could be read. */
      readonly subject: Subject | undefined;
      readonly findings: readonly Finding[];
    };

/** Reads a provider's metadata and keys, knocks at its token endpoint, and says what will work. Sends no secret. */
export async function examine(wanted: Wanted, surroundings: Surroundings): Promise<Examination> {
  const found = await findMetadata(wanted, surroundings);
  if (found.kind === 'unreachable') return found;
  if (found.kind === 'none') return { kind: 'examined', subject: undefined, findings: [found.finding] };
  const { metadata, source, answers } = found;
  const ask = async (member: string, init?: RequestInit): Promise<Fetched | undefined> => {
    const url = URL.parse(metadata.text(member) ?? '');
    return url && mayCall(url, wanted.issuer) ? fetchDocument(url.href, surroundings, init) : undefined;
  };
  const nothing = { method: 'POST', body: new URLSearchParams() };
  const [keys, token] = await Promise.all([ask('jwks_uri'), ask('token_endpoint', nothing)]);
  const subject: Subject = {
    issuer: wanted.issuerName,
    issuerUrl: wanted.issuer,
    profile: wanted.profile,
    metadata,
    source,
    keys,
    token,
    answers: [...answers, ...[keys, token].filter((one) => one !== undefined)],
  };
  return { kind: 'examined', subject, findings: [found.finding, ...checks(subject)] };
}

function checks(subject: Subject): Finding[] {
  return [
    ...checkPlace(subject),
    ...checkSignIn(subject),
    ...checkClient(subject),
    ...checkTokens(subject),
    ...checkKeys(subject),
    ...checkLogout(subject),
    checkClock(subject),
    // Last: the others tell it what they read.
    ...checkTypes(subject),
  ];
}

type Found =
  | Extract<Examination, { kind: 'unreachable' }>
  | { readonly kind: 'none'; readonly finding: Finding }
  | {
      readonly kind: 'found';
      readonly metadata: Metadata;
      readonly source: 'openid' | 'oauth';
      readonly finding: Finding;
      readonly answers: readonly Fetched[];
    };

/** OpenID Connect Discovery §4; where there is none, RFC 8414 §3. */
async function findMetadata({ issuer, issuerName }: Wanted, surroundings: Surroundings): Promise<Found> {
  const { ok, fail } = findingsAbout('metadata');
  const openid = `${issuerName.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const oauth = `${issuer.origin}/.well-known/oauth-authorization-server${issuer.pathname.replace(/\/$/, '')}`;
  const first = await fetchDocument(openid, surroundings);
  if (first.kind === 'unreachable') return first;
  const metadata = first.kind === 'document' ? readMetadata(first.value) : undefined;
  if (metadata) {
    return {
      kind: 'found',
      metadata,
      source: 'openid',
      finding: ok(`read from ${openid}`),
      answers: [first],
    };
  }
  const isAbsent = first.kind === 'unusable' && first.status >= 400 && first.status < 500;
  const second = isAbsent ? await fetchDocument(oauth, surroundings) : first;
  const other = isAbsent && second.kind === 'document' ? readMetadata(second.value) : undefined;
  if (other) {
    return {
      kind: 'found',
      metadata: other,
      source: 'oauth',
      finding: ok(`read from ${oauth}`),
      answers: [second],
    };
  }
  const reason = first.kind === 'unusable' ? first.reason : 'answers with something that is no JSON object';
  return {
    kind: 'none',
    finding: fail(
      `${openid} ${reason}`,
      'Without it Coatcheck does not know where to send people: nobody can sign in.',
      'Copy the issuer from the provider, to the letter: the address before /.well-known/openid-configuration. Redirects are not followed.',
    ),
  };
}
