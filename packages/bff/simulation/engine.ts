import type { Audit } from '../src/observe/audit.ts';
import type { Wait } from '../src/observe/wait.ts';
import type { Provider } from '../src/provider/provider.ts';
import { createRefresher, type Refresher } from '../src/refresh/refresher.ts';
import type { TokenWant } from '../src/refresh/token-want.ts';
import { createSessionManager, type SessionManager } from '../src/session/manager.ts';
import type { Lifetimes } from '../src/session/rules.ts';
import type { Store } from '../src/store/store.ts';
import type { IndexHasher } from '../src/ticket/keys.ts';

/** What the session engine of one process is made from. */
export interface EngineParts {
  readonly store: Store;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly hasher: IndexHasher;
  readonly lifetimes: Lifetimes;
  readonly outageGrace: number;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly wait: Wait;
  readonly audit: Audit;
}

/** The session engine of one process: the real modules. */
export interface Engine {
  readonly sessions: SessionManager;
  refresherFor(want: TokenWant): Refresher;
}

export type EngineMaker = (parts: EngineParts) => Engine;

export const createEngine: EngineMaker = (parts) => {
  const sessions = createSessionManager(parts);
  const refresher = createRefresher({ ...parts, sessions });
  return { sessions, refresherFor: () => refresher };
};
