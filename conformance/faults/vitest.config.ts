import conformance from '../vitest.config.ts';

/** Four processes on each store, killed and stopped. Two stores at once: most of the time, leases run out. */
export default {
  ...conformance,
  test: {
    ...conformance.test,
    include: ['conformance/faults/{redis,postgres,sqlite}.test.ts'],
    maxWorkers: 2,
  },
};
