import type { Crew, Member } from './crew.ts';

const usualInterval = 5_000;
/** Questions in a row without an answer, after which a worker counts as stuck. */
const patience = 6;

export interface HeartbeatOptions {
  readonly crew: Pick<Crew, 'members'>;
  /** Asks a worker; rejects where it does not answer within milliseconds. */
  readonly ask: (member: Member, milliseconds: number) => Promise<unknown>;
  /** Told before the worker is killed. */
  readonly onStuck: (member: Member) => void;
  /** Milliseconds between two questions. */
  readonly interval?: number;
}

/**
 * Asks every worker every 5 s whether it still answers, and kills one that has not for 30 s: from outside only the
 * primary is seen to live. Counted in questions, not by a clock, so that a machine that stood still kills nobody.
 *
 * @returns how to stop
 */
export function watchHeartbeats({
  crew,
  ask,
  onStuck,
  interval = usualInterval,
}: HeartbeatOptions): () => void {
  const missed = new WeakMap<object, number>();
  const timer = setInterval(() => {
    for (const member of crew.members()) {
      const { process } = member;
      ask(member, interval).then(
        () => missed.set(process, 0),
        () => {
          const count = (missed.get(process) ?? 0) + 1;
          missed.set(process, count);
          if (count !== patience) return;
          onStuck(member);
          process.kill();
        },
      );
    }
  }, interval);
  return () => clearInterval(timer);
}
