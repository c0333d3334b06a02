import type { Offers } from '../servers/server.ts';
import type { Stage } from '../stage.ts';

/** What a person does, and what must be true of it at every server that offers it. */
export interface Journey {
  readonly name: string;
  /** Default: at every server. */
  isOffered?(offers: Offers): boolean;
  make(stage: Stage): Promise<void>;
}
