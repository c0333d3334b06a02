import { type Finding, findingsAbout } from '../finding.ts';
import { isPrivate } from '../metadata.ts';
import { printable, printableList } from '../printable.ts';
import type { Subject } from '../subject.ts';

/** Whether it is the provider that is meant, at addresses that may be used. */
export function checkPlace(subject: Subject): Finding[] {
  return [checkIssuer(subject), ...checkEndpoints(subject), ...checkPersonEndpoint(subject)];
}

/** OpenID Connect Discovery §4.3: compared as text. */
function checkIssuer({ issuer, metadata, profile }: Subject): Finding {
  const { ok, fail } = findingsAbout('issuer');
  const said = metadata.text('issuer');
  if (said === issuer) return ok('the metadata names the same issuer, to the letter');
  const refused = 'Coatcheck refuses the metadata: nobody can sign in.';
  if (said === undefined) return fail('the metadata names no issuer', refused, 'Is this the right address?');
  if (said.includes('{tenantid}')) {
    if (profile.issuers === 'per-tenant')
      return ok('the metadata is that of every tenant: `tenants` says which may sign in');
    return fail(
      `the metadata is that of every tenant: ${printable(said)}`,
      refused,
      'Use --profile microsoft.',
    );
  }
  const slash = said.replace(/\/$/, '') === issuer.replace(/\/$/, '') ? ' The slash at the end counts.' : '';
  return fail(
    `the metadata names another one: ${printable(said)}`,
    refused,
    `Write it so if that is the provider you mean.${slash}`,
  );
}

const needed = ['authorization_endpoint', 'token_endpoint'] as const;
const others = [
  'jwks_uri',
  'userinfo_endpoint',
  'pushed_authorization_request_endpoint',
  'revocation_endpoint',
  'end_session_endpoint',
] as const;

function checkEndpoints({ metadata, profile, issuerUrl }: Subject): Finding[] {
  const { ok, fail } = findingsAbout('endpoints');
  const known = profile.places === null ? {} : profile.endpoints(profile.places);
  const byProfile: Readonly<Record<string, string | undefined>> = {
    authorization_endpoint: known.authorization,
    token_endpoint: known.token,
  };
  const problems: Finding[] = [];
  for (const name of [...needed, ...others]) {
    const value = metadata.text(name) ?? byProfile[name];
    const isNeeded = needed.some((one) => one === name);
    if (value === undefined) {
      if (isNeeded)
        problems.push(fail(`no ${name}`, 'Nobody can sign in.', 'Ask whoever runs the provider.'));
      continue;
    }
    const url = URL.parse(value);
    if (url === null)
      problems.push(fail(`${name} is no URL: ${printable(value)}`, 'Coatcheck refuses the metadata.'));
    else if (!isPrivate(url)) {
      problems.push(
        fail(
          `${name} is not https: ${printable(url.origin)}`,
          'Coatcheck refuses the metadata: tokens and secrets would travel in the open.',
          'Serve it by https. If they may be read on the way: insecureAllowHttpIssuer: true.',
        ),
      );
    }
  }
  if (!isPrivate(issuerUrl)) {
    problems.push(
      fail(
        'the issuer itself is http',
        'Coatcheck does not start with it.',
        'Use https. If tokens may be read on the way: insecureAllowHttpIssuer: true.',
      ),
    );
  }
  return problems.length > 0 ? problems : [ok('all are https, or on this machine')];
}

/** Without ID tokens, who signed in is asked at an endpoint. */
function checkPersonEndpoint({ metadata, profile }: Subject): Finding[] {
  const { ok, warn } = findingsAbout('who signed in');
  if (profile.protocol !== 'oauth2') return [];
  if (metadata.text('userinfo_endpoint') !== undefined) return [ok('asked at the userinfo endpoint')];
  return [
    warn(
      'the metadata names no endpoint that says it',
      'Coatcheck does not start without one.',
      'Write the URL that the provider documents as endpoints.userInfo.',
    ),
  ];
}

/** Members that have another type than their standard says. */
export function checkTypes({ metadata }: Subject): Finding[] {
  const { warn } = findingsAbout('metadata');
  const names = [...metadata.malformed];
  if (names.length === 0) return [];
  return [
    warn(
      `members of a wrong type: ${printableList(names)}`,
      'They are taken as absent here; other clients may refuse the document.',
      'Tell whoever runs the provider.',
    ),
  ];
}
