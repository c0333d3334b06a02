import { type Finding, findingsAbout } from '../finding.ts';
import type { Subject } from '../subject.ts';

/** Signing out, here and there. */
export function checkLogout({ metadata, profile }: Subject): Finding[] {
  const rp = findingsAbout('sign-out at the provider');
  const back = findingsAbout('back-channel logout');
  const findings: Finding[] = [];
  if (metadata.text('end_session_endpoint') === undefined || !profile.logout.atProvider) {
    findings.push(
      rp.note(
        'not offered (RP-Initiated Logout)',
        'Sign-out ends the session here; at the provider the person stays signed in.',
      ),
    );
  } else {
    findings.push(
      rp.ok(
        'offered',
        'Some providers come back from it only with an ID token as hint.',
        'If people are left at the provider after sign-out: logout: { hint: "id_token_hint" }.',
      ),
    );
  }
  if (metadata.flag('backchannel_logout_supported')) {
    const bySession = metadata.flag('backchannel_logout_session_supported') === true;
    findings.push(
      back.ok(bySession ? 'offered, for single sessions' : 'offered; it ends all sessions of a person'),
    );
  } else if (metadata.flag('frontchannel_logout_supported')) {
    findings.push(
      back.note(
        'not offered; front-channel logout is',
        'Browsers that keep cookies from frames do not let it through.',
      ),
    );
  } else {
    findings.push(
      back.note(
        'not offered',
        'A sign-out at the provider is noticed here when the next refresh is refused, or not at all.',
        'Keep session.absoluteTimeout short if that matters.',
      ),
    );
  }
  return findings;
}
