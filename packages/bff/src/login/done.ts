import { channelName } from '@coatcheck/protocol';
import type { FastifyReply } from 'fastify';
import type { Settings } from '../options/settings.ts';
import { pagePolicyWithScript, renderPage } from '../web/page.ts';

/**
 * `GET /bff/callback/done`: where a sign-in in a popup ends. Its script tells the other tabs, which ask the server what
 * is true, and closes the window; where that cannot be, the page says so. COOP cuts `window.opener`, so nobody reads it.
 */
export function showDone({ publicUrl, paths }: Settings, reply: FastifyReply): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', pagePolicyWithScript(`${publicUrl.origin}${paths.callbackDoneScript}`))
    .send(
      renderPage({
        title: 'This window is done',
        text: 'Close it and go on where you were.',
        links: [{ href: '/', label: 'Home' }],
        footnotes: [],
        script: paths.callbackDoneScript,
      }),
    );
}

/** `GET /bff/callback/done.js`: the script of that page. */
export function sendDoneScript({ basePath }: Settings, reply: FastifyReply): FastifyReply {
  return reply
    .type('text/javascript; charset=utf-8')
    .send(`const channel = new BroadcastChannel(${JSON.stringify(channelName(basePath))});
const code = new URLSearchParams(location.search).get('login_error');
channel.postMessage(code === null ? { type: 'signed-in' } : { type: 'sign-in-failed', code });
channel.close();
window.close();
`);
}
