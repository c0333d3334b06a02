import { X509Certificate } from 'node:crypto';
import { type CertificatePair, flawOfPair } from './keys/certificate.ts';
import type { ConfigProblem } from './problems.ts';
import { upstreamsOf } from './route-upstreams.ts';
import type { RouteInput } from './schema.ts';

/** How TLS to an upstream is opened, beyond what is always so: verified. */
export interface UpstreamTls {
  /** Certificates (PEM) to trust instead of the system's. */
  readonly ca: string | null;
  /** What we show of ourselves, PEM. */
  readonly clientCertificate: CertificatePair | null;
}

/** What the routes to one upstream say of it together: it has one pool of connections. */
export function upstreamTls(origin: string, routes: readonly RouteInput[]): UpstreamTls {
  const same = routes.filter((route) => upstreamsOf(route).some((one) => one.origin === origin));
  return {
    ca: same.find((one) => one.ca !== undefined)?.ca ?? null,
    clientCertificate: same.find((one) => one.clientCertificate)?.clientCertificate ?? null,
  };
}

/** What is wrong with certificates of routes; a bundle that cannot be used is never ignored in silence. */
export function upstreamTlsProblems(routes: readonly Record<string, unknown>[]): ConfigProblem[] {
  const seen = new Map<string, string>();
  return routes.flatMap((route, index) =>
    ['ca', 'clientCertificate'].flatMap((name): ConfigProblem[] => {
      const value = route[name];
      const upstreams = [route.upstream].flat().map((one) => URL.parse(String(one)));
      if (value === undefined || !upstreams.every((one) => one !== null)) return [];
      const key = `routes[${index}].${name}`;
      if (upstreams.some(({ protocol }) => protocol === 'http:')) {
        return [{ key, problem: 'is set, but the upstream is http.', fix: 'Write https, or remove it.' }];
      }
      const flaw = name === 'ca' ? flawOfAuthority(value) : flawOfPair(value);
      if (flaw !== null) {
        return [{ key, problem: flaw, fix: 'Give PEM text: {"file": "…"} reads it from a file.' }];
      }
      const text = JSON.stringify(value);
      const others = upstreams.map(({ origin }) => seen.get(`${name} ${origin}`) ?? text);
      for (const [at, { origin }] of upstreams.entries()) seen.set(`${name} ${origin}`, others[at] ?? text);
      if (others.every((other) => other === text)) return [];
      return [{ key, problem: 'differs from that of another route to the same upstream.', fix: 'Keep one.' }];
    }),
  );
}

function flawOfAuthority(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  try {
    // Unlike this, the TLS layer passes over what it cannot read.
    new X509Certificate(value);
    return null;
  } catch {
    return 'holds no certificate.';
  }
}
