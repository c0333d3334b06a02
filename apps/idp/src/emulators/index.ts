export type { EmulatedClient, Emulator, EmulatorOptions } from './emulator.ts';
export type { FacebookApp } from './facebook/app.ts';
export {
  type FacebookEmulator,
  type FacebookEmulatorOptions,
  startFacebookEmulator,
} from './facebook/facebook.ts';
export type { GitHubApp } from './github/app.ts';
export { type GitHubEmulatorOptions, startGitHubEmulator } from './github/github.ts';
export { type GoogleEmulatorOptions, startGoogleEmulator } from './google/google.ts';
