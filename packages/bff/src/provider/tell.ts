import type { JWK } from 'jose';
import type { ProviderFailure } from './failure.ts';

/** Writes one line to the log. */
export type WriteLine = (level: 'info' | 'warn', line: string) => void;

/** Says in one line each what happens to a provider's metadata and keys. */
export interface Tell {
  /** @param failure null: it is over. @param inUse whether what was loaded before is used meanwhile */
  ofFailure(what: 'metadata' | 'keys', failure: ProviderFailure | null, inUse: boolean): void;
  ofKeys(before: readonly JWK[], after: readonly JWK[]): void;
  ofMetadata(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): void;
}

/** @param provider its id in the configuration */
export function createTell(provider: string, write: WriteLine): Tell {
  return {
    ofFailure(what, failure, inUse) {
      if (failure === null) return write('info', `provider ${provider}: its ${what} can be loaded again`);
      const meanwhile = inUse
        ? 'those loaded before are used meanwhile'
        : 'nobody can sign in there until they are';
      write('warn', `provider ${provider}: its ${what} could not be loaded, ${meanwhile}: ${failure.detail}`);
    },
    ofKeys(before, after) {
      const [old, fresh] = [names(before), names(after)];
      const come = fresh.filter((name) => !old.includes(name));
      const gone = old.filter((name) => !fresh.includes(name));
      if (come.length + gone.length === 0) return;
      write('info', `provider ${provider}: it changed its keys: new ${list(come)}; withdrawn ${list(gone)}`);
    },
    ofMetadata(before, after) {
      const members = [...new Set([...Object.keys(before), ...Object.keys(after)])];
      const changed = members.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
      if (changed.length === 0) return;
      write(
        'info',
        `provider ${provider}: it changed its metadata: ${changed.slice(0, 16).map(printable).join(', ')}`,
      );
    },
  };
}

function names(keys: readonly JWK[]): string[] {
  return keys.map(
    ({ kid, kty, alg }) => `${kid === undefined ? 'one without kid' : printable(kid)} (${alg ?? kty})`,
  );
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? 'none' : texts.slice(0, 8).join(', ');
}

function printable(text: string): string {
  return text.slice(0, 64).replace(/[^\x21-\x7e]/g, '?');
}
