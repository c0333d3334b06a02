/**
 * Loaded into the BFF's process before anything else (`--import`): its wall clock runs ahead by as much as the test
 * says, so that rows about hours take milliseconds. Timers and the monotonic clock stay.
 */
const realNow = Date.now;
let ahead = Number(process.env.CONFORMANCE_CLOCK_AHEAD ?? 0);
delete process.env.CONFORMANCE_CLOCK_AHEAD;
Date.now = () => realNow() + ahead;

process.on('message', (message: unknown) => {
  if (typeof message !== 'object' || message === null || !('ahead' in message)) return;
  ahead = Number(message.ahead);
  process.send?.({ ahead });
});
// The test process is gone: nobody would end this one.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();
