import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isSameOrigin } from '../interaction/forgery.ts';
import { handleInteraction } from '../interaction/handle.ts';
import type { InteractionParts } from '../interaction/interaction.ts';
import { markSvg } from '../pages/layout.ts';
import { messagePage } from '../pages/message.ts';
import { securityHeaders, setHeaders } from './headers.ts';
import { sendPage } from './respond.ts';

export interface FrontDoorParts extends InteractionParts {
  readonly formTargets: readonly string[];
}

const interactionPath = /^\/interaction\/([\w-]{1,64})$/;
const signOutPath = '/session/end/confirm';

/** What every request meets first: the right host, the headers, our own pages, and behind them the provider. */
export function frontDoor(parts: FrontDoorParts): RequestListener {
  const { provider, publicUrl, log } = parts;
  const issuer = new URL(provider.issuer);
  const headers = securityHeaders(parts.formTargets);
  const protocol = provider.callback();

  const message = (response: ServerResponse, status: number, title: string, text: string) =>
    sendPage(response, status, messagePage({ title, text, publicUrl }));

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    setHeaders(response, headers);
    // A page of another site whose name points to this machine (DNS rebinding) sends its own host.
    if (request.headers.host !== issuer.host) {
      return message(response, 421, 'Wrong address', `This server answers at ${issuer.origin} only.`);
    }

    const path = (request.url ?? '/').replace(/[?#].*$/s, '');
    const interactionId = interactionPath.exec(path)?.[1];
    const takesForm = interactionId !== undefined || path === signOutPath;
    if (request.method === 'POST' && takesForm && !isSameOrigin(request.headers, issuer.origin)) {
      log('forgery.refused', { path: path.replace(interactionPath, '/interaction/:id') });
      return message(response, 403, 'Refused', 'The form came from another site. Nothing was done.');
    }

    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (interactionId !== undefined) {
      if (reads || request.method === 'POST')
        return handleInteraction(parts, request, response, interactionId);
      response.setHeader('Allow', 'GET, HEAD, POST');
      return message(
        response,
        405,
        'Not possible',
        'This page can be read and its form can be sent, nothing else.',
      );
    }
    if (reads && path === '/mark.svg') {
      response.setHeader('Content-Type', 'image/svg+xml');
      response.end(markSvg);
      return;
    }
    if (reads && path === '/') {
      const text = 'It signs people in to the Coatcheck demo. There is nothing to do here by yourself.';
      return message(response, 200, 'Demo authorization server', text);
    }
    await protocol(request, response);
  };

  return (request, response) => {
    route(request, response).catch((cause: unknown) => {
      log('server.error', { error: cause instanceof Error ? cause.message : String(cause) });
      if (response.headersSent) return response.destroy();
      message(response, 500, 'Something went wrong', 'The fault is on this side. Try again.');
    });
  };
}
