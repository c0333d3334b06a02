import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors } from 'oidc-provider';
import { messagePage } from '../pages/message.ts';
import { seeOther, sendPage } from '../web/respond.ts';
import { decideConsent, showConsent } from './consent.ts';
import { formToken, isFormToken } from './forgery.ts';
import { readForm } from './form.ts';
import { denied, type InteractionParts, type OpenInteraction, type Outcome } from './interaction.ts';
import { showSignIn, trySignIn } from './sign-in.ts';

/**
 * Answers `GET` and `POST /interaction/<id>`: shows the sign-in or the consent page, and takes its form.
 */
export async function handleInteraction(
  parts: InteractionParts,
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
): Promise<void> {
  const open = await openInteraction(parts, request, response, id);
  if (open === undefined) {
    const text = 'It took too long, or it belongs to another browser. Start again from the app.';
    return sendPage(
      response,
      400,
      messagePage({ title: 'This sign-in has ended', text, publicUrl: parts.publicUrl }),
    );
  }
  if (request.method !== 'POST') return sendPage(response, 200, show(open));

  const form = await readForm(request);
  if (form.kind !== 'form') {
    response.setHeader('Connection', 'close');
    const text = 'The form was sent in a way that this page does not understand.';
    const status = form.kind === 'too-large' ? 413 : 415;
    return sendPage(
      response,
      status,
      messagePage({ title: 'Not accepted', text, publicUrl: parts.publicUrl }),
    );
  }
  if (!isFormToken(parts.formKey, id, form.fields.get('token'))) {
    const text = 'The form did not come from this page. Nothing was done.';
    return sendPage(response, 403, messagePage({ title: 'Refused', text, publicUrl: parts.publicUrl }));
  }

  const outcome = await decide(parts, open, form.fields);
  parts.log('interaction', {
    client: open.clientId,
    prompt: open.details.prompt.name,
    outcome: nameOf(outcome),
  });
  if (outcome.kind === 'again') return sendPage(response, outcome.status, outcome.page);
  seeOther(response, await parts.provider.interactionResult(request, response, outcome.result));
}

async function openInteraction(
  { provider, formKey }: InteractionParts,
  request: IncomingMessage,
  response: ServerResponse,
  id: string,
): Promise<OpenInteraction | undefined> {
  try {
    const details = await provider.interactionDetails(request, response);
    const client = await provider.Client.find(String(details.params.client_id));
    if (details.uid !== id || client === undefined) return undefined;
    const { clientId, clientName = clientId } = client;
    return { details, clientId, clientName, token: formToken(formKey, id) };
  } catch (cause) {
    if (cause instanceof errors.SessionNotFound) return undefined;
    throw cause;
  }
}

function nameOf(outcome: Outcome): string {
  if (outcome.kind === 'again') return 'asked again';
  return 'error' in outcome.result ? 'denied' : 'done';
}

function show(open: OpenInteraction): string {
  return open.details.prompt.name === 'consent' ? showConsent(open) : showSignIn(open);
}

async function decide(
  parts: InteractionParts,
  open: OpenInteraction,
  fields: URLSearchParams,
): Promise<Outcome> {
  if (fields.get('decision') === 'deny') return denied;
  return open.details.prompt.name === 'consent'
    ? decideConsent(parts, open, fields)
    : trySignIn(open, fields);
}
