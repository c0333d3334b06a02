import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { type DemoSettings, type Ports, usedPorts } from './settings.ts';

/** Which of the demo's ports cannot be opened, each with the variable that chooses another. */
export async function portProblems(settings: DemoSettings): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, port] of usedPorts(settings)) {
    // A browser may take `localhost` for ::1, so the app's own port has to be ours there as well.
    const hosts = name === 'PORT' ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
    const codes = await Promise.all(hosts.map((host) => listeningError(port, host)));
    const other = port < 65_000 ? port + 100 : port - 100;
    if (codes.includes('EADDRINUSE')) {
      problems.push(`Port ${port} is taken. Stop what listens there, or choose another: ${name}=${other}`);
    } else if (codes.includes('EACCES')) {
      problems.push(`Port ${port} may not be opened by this user. Choose one above 1023: ${name}=${other}`);
    }
  }
  return problems;
}

/** As many free ports as the demo needs, all held at once so that they differ. */
export async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(Array.from({ length: 10 }, () => listen(0, '127.0.0.1')));
  const [
    app = 0,
    management = 0,
    api = 0,
    idp = 0,
    google = 0,
    github = 0,
    facebook = 0,
    vite = 0,
    lab = 0,
    attacker = 0,
  ] = servers.map(portOf);
  await Promise.all(servers.map(close));
  return {
    PORT: app,
    MANAGEMENT_PORT: management,
    API_PORT: api,
    IDP_PORT: idp,
    GOOGLE_EMULATOR_PORT: google,
    GITHUB_EMULATOR_PORT: github,
    FACEBOOK_EMULATOR_PORT: facebook,
    LAB_PORT: lab,
    LAB_ATTACKER_PORT: attacker,
    VITE_PORT: vite,
  };
}

async function listeningError(port: number, host: string): Promise<string | undefined> {
  try {
    await close(await listen(port, host));
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  }
}

async function listen(port: number, host: string): Promise<Server> {
  const server = createServer();
  server.listen({ port, host, exclusive: true });
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
