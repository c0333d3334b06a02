const maxBytes = 1024 * 1024;

/**
 * Fetches a document of the authorization server: no redirects, and no more than 1 MiB is read.
 *
 * @param timeout milliseconds for the whole download
 * @throws Error if it cannot be had, for whatever reason
 */
export async function download(
  fetchImpl: typeof fetch,
  url: URL,
  timeout: number,
): Promise<{ status: number; text: string }> {
  const response = await fetchImpl(url, {
    headers: { accept: 'application/json, application/jwk-set+json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeout),
  });
  return { status: response.status, text: await readText(response, url) };
}

/**
 * The body of a response, if it is not more than 1 MiB.
 *
 * @throws Error if it is more, or breaks off
 */
export async function readText(response: Response, url: URL): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Error(`${url.href} answered with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
