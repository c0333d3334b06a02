/**
 * A token answer whose `expires_in` openid-client can read, since it fails a whole sign-in over an odd one: digits in a
 * text count as their number, what is below zero as zero, and what is no number at all as not said (RFC 6749 §5.1).
 */
export async function withReadableLifetime(answer: Response): Promise<Response> {
  if (answer.status !== 200 || !(answer.headers.get('content-type') ?? '').includes('json')) return answer;
  const text = await answer.text();
  return new Response(readable(text), { status: answer.status, headers: answer.headers });
}

function readable(text: string): string {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || !('access_token' in value) || !('expires_in' in value))
    return text;
  const { expires_in: said, ...members } = value;
  const seconds = typeof said === 'string' && said.trim() !== '' ? Number(said) : said;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return JSON.stringify(members);
  return JSON.stringify({ ...members, expires_in: Math.max(0, seconds) });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
