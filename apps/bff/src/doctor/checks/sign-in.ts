import { type Finding, findingsAbout } from '../finding.ts';
import { printableList } from '../printable.ts';
import type { Subject } from '../subject.ts';

/** The way of a sign-in to the provider and back. */
export function checkSignIn(subject: Subject): Finding[] {
  return [
    checkCodeFlow(subject),
    checkPkce(subject),
    checkIssuerParameter(subject),
    checkPushedRequests(subject),
  ];
}

function checkCodeFlow({ metadata, source, profile }: Subject): Finding {
  const { ok, fail, warn } = findingsAbout('code flow');
  const types = metadata.texts('response_types_supported');
  if (source === 'oauth' && profile.protocol === 'openid') {
    return fail(
      'there is OAuth metadata (RFC 8414), and no OpenID discovery document',
      'It gives no ID tokens that Coatcheck could check.',
      'Use --profile oauth2, and an endpoint that says who signed in.',
    );
  }
  if (types === undefined) return warn('the metadata does not say which response types there are');
  if (types.includes('code')) return ok('response type code');
  return fail(
    `no response type code, only: ${printableList(types)}`,
    'Coatcheck uses the code flow alone (RFC 9700 §2.1.2).',
    'Switch it on for the client.',
  );
}

function checkPkce({ metadata }: Subject): Finding {
  const { ok, fail, warn } = findingsAbout('PKCE');
  const methods = metadata.texts('code_challenge_methods_supported');
  if (methods?.includes('S256')) return ok('S256');
  if (methods === undefined || methods.length === 0) {
    return warn(
      'the metadata does not say whether it is supported',
      'Coatcheck sends S256 always; a server that ignores it leaves stolen codes to the nonce alone.',
      'Ask whoever runs the provider.',
    );
  }
  return fail(
    `no S256, only: ${printableList(methods)}`,
    'Coatcheck sends S256 alone (RFC 9700 §2.1.1): the server may refuse every sign-in.',
    'Switch S256 on.',
  );
}

function checkIssuerParameter({ metadata }: Subject): Finding {
  const { ok, note } = findingsAbout('iss parameter');
  if (metadata.flag('authorization_response_iss_parameter_supported')) {
    return ok('answers name their issuer (RFC 9207), and Coatcheck insists on it');
  }
  return note(
    'answers do not name their issuer (RFC 9207)',
    'With several providers, each having its own callback URL is what keeps them apart.',
  );
}

function checkPushedRequests({ metadata }: Subject): Finding {
  const { ok, note, fail } = findingsAbout('PAR');
  const endpoint = metadata.text('pushed_authorization_request_endpoint');
  const isRequired = metadata.flag('require_pushed_authorization_requests') === true;
  if (endpoint === undefined && isRequired) {
    return fail(
      'required, but no endpoint is named',
      'Nobody can sign in.',
      'Tell whoever runs the provider.',
    );
  }
  if (endpoint === undefined) {
    return note('not offered (RFC 9126)', 'The request travels in a URL of the browser, as it usually does.');
  }
  return ok(isRequired ? 'required' : 'offered: Coatcheck pushes its requests');
}
