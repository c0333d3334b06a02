// Loaded into each part of the demo before its own code: when the demo is gone, however it ended, the part ends too.
process.on('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), 10_000).unref();
});
// The listener above must not keep a part alive that has nothing else to do.
process.channel?.unref();

export {};
