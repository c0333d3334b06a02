import { availableParallelism, cpus } from 'node:os';

/**
 * How many processes serve.
 *
 * @param workers as configured
 * @param available what the system lets this process use; never less than 1
 */
export function workerCount(workers: number | 'auto' = 1, available: number = usableCores()): number {
  return workers === 'auto' ? available : workers;
}

/** Cores that this process may use, by its affinity and the limits of its container. */
export function usableCores(): number {
  const cores = cpus().length;
  // Where the system tells no cores, the other number stands.
  return Math.max(1, cores === 0 ? availableParallelism() : Math.min(availableParallelism(), cores));
}
