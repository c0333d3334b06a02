import { WebSocket } from 'ws';
import { badGateway, type Closing, closingForBrowser, closingForUpstream, goingAway } from './close-codes.ts';
import { keepAlive } from './heartbeat.ts';
import { pump } from './pump.ts';

export interface RelayOptions {
  /** Both open, and nothing has been read from either. */
  readonly browser: WebSocket;
  readonly upstream: WebSocket;
  /** Asked for every message of the browser: whether it may go to the upstream. */
  readonly mayReach: (message: Buffer) => boolean;
  /** Called for every message of the browser that passes: a use of the session. */
  readonly onUse: () => void;
  /** Asked for every message of the upstream: whether it may go to the browser. */
  readonly mayPass: (message: Buffer) => boolean;
  /** Bytes that may wait for one side before the other is read no further. */
  readonly highWaterMark: number;
  /** Milliseconds that one side may leave what waits for it unread. */
  readonly stall: number;
  /** Milliseconds between two pings; who has not answered the last one by then is dead. */
  readonly heartbeat: number;
}

/** How long one side may take to answer a close frame. Milliseconds. */
const closeTimeout = 5_000;

/** Two WebSockets that are one to those at their ends. */
export interface Relay {
  /** Ends both sides: no message passes any more. */
  end(forBrowser: Closing, forUpstream?: Closing): void;
  /** Resolves when both connections are gone. */
  readonly closed: Promise<void>;
}

/** Relays messages, with back-pressure in both directions, and closings, until both sides are closed. */
export function relay(options: RelayOptions): Relay {
  const { browser, upstream, mayReach, onUse, mayPass, highWaterMark, stall } = options;
  const closed = Promise.withResolvers<void>();
  let ending = false;
  let cut: NodeJS.Timeout | undefined;

  const end = (forBrowser: Closing, forUpstream: Closing = { code: goingAway, reason: '' }) => {
    if (ending) return;
    ending = true;
    for (const flow of flows) flow.stop();
    cut = setTimeout(() => [browser, upstream].map((side) => side.terminate()), closeTimeout);
    close(browser, forBrowser);
    close(upstream, forUpstream);
  };
  const flows = [
    pump(browser, upstream, {
      highWaterMark,
      stall,
      passes(message) {
        const passes = !ending && mayReach(message);
        if (passes) onUse();
        return passes;
      },
      onStall: () => end({ code: badGateway, reason: 'the API does not read' }),
    }),
    pump(upstream, browser, {
      highWaterMark,
      stall,
      passes: (message) => !ending && mayPass(message),
      onStall: () => end({ code: goingAway, reason: 'the browser does not read' }),
    }),
  ];
  const heart = keepAlive([browser, upstream], options.heartbeat, () =>
    flows.some((flow) => flow.isStalled()),
  );

  let open = 2;
  const gone = () => {
    open -= 1;
    if (open === 0) closed.resolve();
  };
  browser.once('close', (code, reason) => {
    end({ reason: '' }, closingForUpstream(code, reason));
    gone();
  });
  upstream.once('close', (code, reason) => {
    end(closingForBrowser(code, reason));
    gone();
  });
  // A close follows each.
  browser.on('error', () => {});
  void closed.promise.then(() => {
    heart.stop();
    clearTimeout(cut);
  });
  return { end, closed: closed.promise };
}

function close(socket: WebSocket, { code, reason }: Closing): void {
  // Its answer to the close frame must be read.
  socket.resume();
  if (socket.readyState !== WebSocket.OPEN) return;
  if (code === undefined) socket.close();
  else socket.close(code, reason);
}
