import type { Jar, JarRequest, JarResponse } from '@coatcheck/testing';

/** What one exchange showed the browser. */
export interface Seen {
  readonly name: string;
  readonly answer: JarResponse;
  readonly body: Buffer;
  /** Status line, fields and body, as bytes. */
  readonly bytes: Buffer;
}

/** Every answer to the browsers that it watches. */
export interface Recorder {
  readonly seen: readonly Seen[];
  /** The same browser, recorded. */
  watch(jar: Jar): Jar;
}

/** @param headers added to every request of the browsers that are watched */
export function createRecorder(headers: Readonly<Record<string, string>> = {}): Recorder {
  const seen: Seen[] = [];
  const keep = async (init: JarRequest, path: string, answer: JarResponse) => {
    const name = `${init.method ?? 'GET'} ${path.split('?')[0]} ${answer.status}`;
    const body = await answer.bytes();
    const head = `${answer.status} ${answer.statusText}\n${answer.rawHeaders.join('\n')}\n`;
    const trailers = answer.rawTrailers.join('\n');
    seen.push({ name, answer, body, bytes: Buffer.concat([Buffer.from(head), body, Buffer.from(trailers)]) });
    return answer;
  };
  return {
    seen,
    watch(jar) {
      const more = (init: JarRequest): JarRequest => ({ ...init, headers: { ...headers, ...init.headers } });
      const via =
        (send: Jar['request'], method?: string): Jar['request'] =>
        async (path, init = {}) => {
          const whole = { ...(method === undefined ? {} : { method }), ...init };
          return keep(whole, path, await send(path, more(whole)));
        };
      // The living cookies are a getter, so the original stands behind.
      const watched: Jar = Object.create(jar);
      return Object.assign(watched, {
        request: via(jar.request),
        get: via(jar.request, 'GET'),
        post: via(jar.request, 'POST'),
        navigate: via(jar.navigate),
        fetch: via(jar.fetch),
      });
    },
  };
}
