import { connect, type TLSSocket } from 'node:tls';

export const frameTypes = { data: 0, headers: 1, resetStream: 3, settings: 4, ping: 6, goAway: 7 } as const;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** A connection of HTTP/2 that sends what no client would: it speaks in frames (RFC 9113 §4). */
export interface FrameConnection {
  readonly socket: TLSSocket;
  readonly received: Frame[];
  send(...frames: Buffer[]): void;
}

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export async function openFrames(port: number, ca: string): Promise<FrameConnection> {
  const socket = connect({ host: 'localhost', port, ca, ALPNProtocols: ['h2'] });
  const received: Frame[] = [];
  let unread: Buffer = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    while (unread.length >= 9 && unread.length >= 9 + unread.readUIntBE(0, 3)) {
      const end = 9 + unread.readUIntBE(0, 3);
      received.push({
        type: unread.readUInt8(3),
        flags: unread.readUInt8(4),
        stream: unread.readUInt32BE(5),
        payload: unread.subarray(9, end),
      });
      unread = unread.subarray(end);
    }
  });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  socket.write(Buffer.concat([Buffer.from(preface), frame(frameTypes.settings, 0, 0)]));
  return { socket, received, send: (...frames) => void socket.write(Buffer.concat(frames)) };
}

export function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A GET of `/`, whole (RFC 7541 §6.1, §6.2.2). */
export function getRoot(stream: number, authority: string): Buffer {
  return get(stream, [0x84, ...literal(1, authority)]);
}

/** A GET of `/api` as our own pages make it. */
export function getApi(stream: number, authority: string): Buffer {
  const field = [...text('sec-fetch-site'), ...text('same-origin')];
  return get(stream, [...literal(4, '/api'), ...literal(1, authority), 0, ...field]);
}

/** The head of a POST to `/api`, whose content is still to come. */
export function postApi(stream: number, authority: string, length: string): Buffer {
  const field = [...text('sec-fetch-site'), ...text('same-origin')];
  const fields = [0x83, 0x87, ...literal(4, '/api'), ...literal(1, authority)];
  const more = [0x0f, 0x0d, ...text(length), 0, ...field];
  return frame(frameTypes.headers, 0x4, stream, Buffer.from([...fields, ...more]));
}

function get(stream: number, fields: readonly number[]): Buffer {
  return frame(frameTypes.headers, 0x5, stream, Buffer.from([0x82, 0x87, ...fields]));
}

/** @param name its index in the static table (RFC 7541 Appendix A) */
function literal(name: number, value: string): number[] {
  return [name, ...text(value)];
}

function text(value: string): number[] {
  return [value.length, ...Buffer.from(value)];
}
