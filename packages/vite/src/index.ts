export type { CoatcheckViteOptions } from './options.ts';
export { coatcheck } from './plugin.ts';
export type { DevelopmentUser } from './provider/users.ts';
