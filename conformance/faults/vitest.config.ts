import conformance from '../vitest.config.ts';

/** Four processes on each store, killed and stopped: not part of `verify` while scenarios of it are open. */
export default {
  ...conformance,
  test: { ...conformance.test, include: ['conformance/faults/**/*.test.ts'] },
};
