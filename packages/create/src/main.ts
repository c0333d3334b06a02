#!/usr/bin/env node
import { run } from './run.ts';

process.exitCode = await run(process.argv.slice(2), {
  directory: process.cwd(),
  userAgent: process.env.npm_config_user_agent,
  isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true,
  say: (line) => console.log(line),
  complain: (line) => console.error(line),
});
