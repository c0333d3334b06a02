import { defaultBasePath } from '@coatcheck/protocol';
import type { CoatcheckViteOptions } from './options.ts';

/**
 * Which requests are the BFF's: those below its base path and the prefixes of its routes, as they stand in the target.
 *
 * @returns a check of a raw request target
 */
export function territoryOf({ basePath = defaultBasePath, routes = [] }: CoatcheckViteOptions) {
  const prefixes = [basePath, ...routes.map(({ prefix }) => prefix)];
  return (target: string): boolean => {
    const [path = ''] = target.split(/[?#]/, 1);
    return prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
  };
}
