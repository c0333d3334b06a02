export { loadConfig } from './config/load.ts';
export { type Config, configSchema } from './config/schema.ts';
export { PortTaken, type Running, serve } from './serve.ts';
