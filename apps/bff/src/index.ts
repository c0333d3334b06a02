export { serveCluster } from './cluster/serve.ts';
export { loadConfig } from './config/load.ts';
export { type Config, configSchema } from './config/schema.ts';
export { PortTaken } from './listen.ts';
export { type Running, type Serving, serve } from './serve.ts';
export { WorkerUnfit } from './start-failure.ts';
