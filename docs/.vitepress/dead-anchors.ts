import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Links of the built site to a place on a page that is not there. VitePress itself looks for the pages alone.
 *
 * @param site absolute path of the built site
 * @param base under which it will be served
 * @returns each as `page: link`
 */
export function deadAnchors(site: string, base: string): string[] {
  const pages = new Map(
    globSync('**/*.html', { cwd: site }).map((file) => [file, readFileSync(path.join(site, file), 'utf8')]),
  );
  const places = new Map([...pages].map(([file, html]) => [file, placesIn(html)]));
  return [...pages].flatMap(([file, html]) =>
    [...html.matchAll(/<a [^>]*href="([^"#:]*)#([^"]+)"/g)].flatMap(([, address = '', place = '']) => {
      const known = places.get(pageBehind(file, address, base, places));
      return known?.has(decodeURIComponent(place)) ? [] : [`${file}: ${address}#${place}`];
    }),
  );
}

function placesIn(html: string): Set<string> {
  return new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id = '']) => id));
}

/** The file of an address as it stands on a page. */
function pageBehind(
  file: string,
  address: string,
  base: string,
  pages: ReadonlyMap<string, unknown>,
): string {
  if (address === '') return file;
  const target = address.startsWith(base)
    ? address.slice(base.length)
    : path.posix.join(path.posix.dirname(file), address);
  const names = [`${target}.html`, path.posix.join(target, 'index.html'), target];
  return names.find((name) => pages.has(name)) ?? target;
}
