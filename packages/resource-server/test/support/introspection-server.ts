import { createServer } from 'node:http';
import { type JWTHeaderParameters, SignJWT } from 'jose';
import { audience, makeKey, portOf, type SigningKey } from './authorization-server.ts';

/** A question that came to the endpoint. */
export interface Question {
  readonly accept: string | undefined;
  readonly authorization: string | undefined;
  readonly body: URLSearchParams;
}

/** How the endpoint answers, all that is not given being good. */
export interface Answer {
  readonly status?: number;
  readonly contentType?: string;
  readonly text: string;
}

/**
 * An authorization server with opaque tokens: metadata, keys and an introspection endpoint over real HTTP. Tests say
 * what it knows of each token, and change what they like as they go.
 */
export async function startIntrospectionServer() {
  const key = await makeKey('first');
  const state = {
    questions: [] as Question[],
    /** What is known of tokens. */
    tokens: new Map<string, Record<string, unknown>>(),
    /** Answers instead of what is known. */
    answer: undefined as ((token: string) => Answer | Promise<Answer>) | undefined,
    metadata: {} as Record<string, unknown>,
    /** Paths asked for, in order. */
    requests: [] as string[],
    cut: false,
  };

  const answerTo = async (token: string): Promise<Answer> =>
    (await state.answer?.(token)) ?? json(state.tokens.get(token) ?? { active: false });

  const server = createServer(async (request, response) => {
    state.requests.push(request.url ?? '');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': {
        issuer,
        jwks_uri: `${issuer}/jwks`,
        introspection_endpoint: `${issuer}/introspect`,
        ...state.metadata,
      },
      '/jwks': { keys: [key.publicJwk] },
    };
    const document = documents[request.url ?? ''];
    if (document !== undefined) return send(response, json(document));
    if (state.cut) return request.socket.destroy();
    const body = new URLSearchParams(Buffer.concat(chunks).toString());
    const { accept, authorization } = request.headers;
    state.questions.push({ accept, authorization, body });
    return send(response, await answerTo(body.get('token') ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${portOf(server.address())}`;

  return {
    issuer,
    state,
    key,
    /** What is said of a good token at `now` (milliseconds). */
    claims: (now: number = Date.now()): Record<string, unknown> => ({
      active: true,
      iss: issuer,
      aud: audience,
      sub: 'alice',
      client_id: 'spa',
      token_type: 'Bearer',
      scope: 'notes:read',
      exp: Math.floor(now / 1000) + 300,
    }),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export type IntrospectionServer = Awaited<ReturnType<typeof startIntrospectionServer>>;

export function json(body: unknown): Answer {
  return { contentType: 'application/json', text: JSON.stringify(body) };
}

/** A signed answer (RFC 9701 §5). */
export async function signedAnswer(
  claims: Record<string, unknown>,
  key: SigningKey,
  header: Partial<JWTHeaderParameters> = {},
): Promise<Answer> {
  const text = await new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'token-introspection+jwt', ...header })
    .sign(key.privateKey);
  return { contentType: 'application/token-introspection+jwt', text };
}

function send(
  response: {
    writeHead(status: number, headers: Record<string, string>): unknown;
    end(text: string): unknown;
  },
  { status = 200, contentType = 'application/json', text }: Answer,
): void {
  response.writeHead(status, { 'content-type': contentType });
  response.end(text);
}
