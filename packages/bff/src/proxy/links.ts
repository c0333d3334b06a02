import { type LocationMap, mapLocation } from './location.ts';

/** What a browser fetches or connects to by itself (HTML, link types). */
const loads = new Set([
  ...[
    'preload',
    'modulepreload',
    'prefetch',
    'preconnect',
    'dns-prefetch',
    'prerender',
    'stylesheet',
    'icon',
  ],
  ...['manifest', 'expect', 'compression-dictionary', 'apple-touch-icon', 'pingback'],
]);

const link = /^\s*<([^<>]*)>(.*)$/s;
const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/gi;

/**
 * Makes a `Link` value (RFC 8288 §3) one that holds on our origin: what stands at the upstream is named as the browser
 * finds it, or left out where it cannot; what stands elsewhere may be named, but not loaded.
 *
 * @returns null if nothing is left
 */
export function mapLinks(value: string, map: LocationMap): string | null {
  const kept = splitLinks(value).flatMap((one) => {
    const [, target = '', parameters = ''] = link.exec(one) ?? [];
    if (target === '' || parameters.includes(map.upstreamOrigin)) return [];
    const mapped = mapLocation(target, map);
    if (mapped.kind === 'inside') return [`<${mapped.location}>${parameters}`];
    return mapped.kind === 'foreign' && !isLoaded(parameters) ? [one.trim()] : [];
  });
  return kept.length === 0 ? null : kept.join(', ');
}

function isLoaded(parameters: string): boolean {
  const names = [...parameters.matchAll(relation)].flatMap(([, quoted, plain]) =>
    (quoted ?? plain ?? '').toLowerCase().split(/\s+/),
  );
  return names.length === 0 || names.some((name) => loads.has(name));
}

/** Splits at the commas that stand neither in a target nor in quotes. */
function splitLinks(value: string): string[] {
  const links: string[] = [];
  let from = 0;
  let inside: '' | '>' | '"' = '';
  for (let i = 0; i <= value.length; i++) {
    const char = value[i];
    if (char === undefined || (char === ',' && inside === '')) {
      links.push(value.slice(from, i));
      from = i + 1;
    } else if (inside === '"' && char === '\\') i++;
    else if (char === inside) inside = '';
    else if (inside === '' && char === '<') inside = '>';
    else if (inside === '' && char === '"') inside = '"';
  }
  return links;
}
