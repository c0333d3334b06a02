import { type Mutation, mutationsOf } from '../mutation.ts';

const endingsTest = 'conformance/tests/stream-endings.test.ts';
const watchTest = 'packages/bff/test/proxy/session-watch.test.ts';
const socketEndingsTest = 'packages/bff/test/proxy/websocket/endings.test.ts';
const socketBoundsTest = 'packages/bff/test/proxy/websocket/bounds.test.ts';
const socketRelayTest = 'packages/bff/test/proxy/websocket/relay.test.ts';
const handshakeTest = 'packages/bff/test/proxy/websocket/handshake.test.ts';
const livenessTest = 'packages/bff/test/proxy/websocket/liveness.test.ts';

/** Event streams and WebSockets live as long as their session (BFF-STREAM-01 to -05). */
export const streamRules: readonly Mutation[] = [
  ...mutationsOf('packages/bff/src/proxy/forward.ts', endingsTest, [
    ['a stream ends with its session', 'end(Promise.race([why(), late]).then(sessionEndedEvent));', ''],
    [
      'a silent stream has no time-out',
      'body: life ? 0 : settings.timeout,',
      'body: settings.timeout,',
      'conformance/tests/forwarded-streams.test.ts',
    ],
    [
      'a stream ends with the grant that it lives by',
      'if (refusalSince(call, current)) end(Promise.resolve(new Uint8Array()));',
      '',
      'packages/bff/test/connections.test.ts',
    ],
    [
      'a stream ends when the server stops',
      'place.onStop(() => end(Promise.resolve(new Uint8Array())));',
      '',
      'conformance/tests/shutdown.test.ts',
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/send.ts', endingsTest, [
    ['half an event is not followed by another', '!this.#exchange.boundary?.isBetweenEvents() || ', ''],
  ]),
  ...mutationsOf('packages/bff/src/proxy/last-event.ts', 'packages/bff/test/proxy/last-event.test.ts', [
    ['only in a stream of events', '!this.#isEvents || this.#isEncoded', 'this.#isEncoded'],
    ['not in one that is compressed', '!this.#isEvents || this.#isEncoded', '!this.#isEvents'],
    ['not in the middle of an event', 'ends.some((end) => this.#tail.endsWith(end))', 'true'],
    ['an end over two chunks is one', '(this.#tail + end).slice(-3)', 'end'],
    ['the reason is told', 'JSON.stringify({ reason })', '{}'],
  ]),
  ...mutationsOf('packages/bff/src/proxy/session-watch.ts', watchTest, [
    ['an end is told', "if (notice.kind === 'ended') end();", "if (notice.kind === 'ended') return;"],
    [
      'an end is told once',
      'const end = (reason?: SignedOutReason) => {\n    stop();',
      'const end = (reason?: SignedOutReason) => {',
    ],
    [
      'an end before the watch is noticed',
      'if (sessions.current(session.id) === undefined) lookout.look();',
      '',
    ],
    ['newer states are told', 'changed(current);\n', '\n'],
    [
      'the end of its time ends it',
      'due = setTimeout(lookout.look, Math.min(Math.max(50, left() + 5), 2 ** 31 - 1));',
      '',
      socketEndingsTest,
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/websocket/connect.ts', socketEndingsTest, [
    ['4401 when the session ends', 'code: closeCodes.sessionEnded, reason', 'code: 1000, reason'],
    ['nothing passes from then on', 'opened?.silence();', '', socketEndingsTest],
    ['1012 when the server stops', '      code: serviceRestart,\n', '      code: 1000,\n'],
    ['a place is given back', 'watch?.stop();\n    place.leave();', 'watch?.stop();', socketBoundsTest],
  ]),
  ...mutationsOf('packages/bff/src/proxy/websocket/limits.ts', socketBoundsTest, [
    [
      'a limit per session',
      "(sessions.get(session) ?? 0) >= perSession) return 'session_full'",
      "false) return 'session_full'",
    ],
    [
      'a limit per upstream',
      "if ((upstreams.get(origin) ?? 0) >= perUpstream) return 'upstream_full';",
      '',
      'packages/bff/test/proxy/websocket/limits.test.ts',
    ],
    [
      'who leaves is counted once',
      'if (left) return;',
      '',
      'packages/bff/test/proxy/websocket/limits.test.ts',
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/websocket/accept.ts', socketBoundsTest, [
    ['a message of the browser has a limit', 'maxPayload: messageLimit,', 'maxPayload: 0,'],
  ]),
  ...mutationsOf('packages/bff/src/proxy/websocket/dial.ts', socketBoundsTest, [
    ['a message of the API has a limit', 'maxPayload: options.messageLimit,', 'maxPayload: 0,'],
    [
      'the path of a handshake goes on byte for byte',
      'request.path = path;',
      'request.path = new URL(path, origin).pathname;',
      socketRelayTest,
    ],
    ['each hop has its own handshake', 'if (ofThisHop.test(name)) continue;', '', socketRelayTest],
    [
      'no redirect is followed',
      'followRedirects: false,',
      'followRedirects: true,',
      'packages/bff/test/proxy/websocket/dial.test.ts',
    ],
    [
      'TLS is verified',
      'rejectUnauthorized: true,',
      'rejectUnauthorized: false,',
      'packages/bff/test/proxy/websocket/dial.test.ts',
    ],
    [
      'a handshake without an answer ends',
      "settle({ kind: 'failed', code: 'upstream_timeout', cause, isUnconnected: false });\n    socket.terminate();",
      '',
      socketRelayTest,
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/websocket/close-codes.ts', socketRelayTest, [
    [
      '4401 comes from us alone',
      'if (code === closeCodes.sessionEnded) return { code: policyViolation, reason };',
      '',
    ],
    [
      '1005 is never on the wire',
      "export function closingForBrowser(code: number, reason: Buffer): Closing {\n  if (code === noStatus) return { reason: '' };",
      'export function closingForBrowser(code: number, reason: Buffer): Closing {',
    ],
    [
      '1006 is never on the wire',
      "if (code === abnormal) return { code: badGateway, reason: 'the connection to the API broke' };",
      '',
    ],
    [
      'nor towards the API',
      "if (code === abnormal) return { code: goingAway, reason: 'the browser is gone' };",
      '',
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/websocket/tunnel.ts', socketBoundsTest, [
    [
      'no message brings the token back',
      'if (!tokens.some((value) => message.includes(value))) return true;',
      'return true;',
    ],
    [
      'a new token is told to an API that wants it',
      'if (!isSilent && upstream.readyState === upstream.OPEN) upstream.send(message);',
      '',
    ],
    [
      'messages count as use of the session',
      'parts.background(parts.sessions.touch(watch.session));',
      '',
      socketEndingsTest,
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/websocket/pump.ts', socketBoundsTest, [
    ['who does not read makes the other wait', 'from.pause();\n', '\n'],
    ['and is read on when there is room', 'from.resume();\n  };', '};'],
    [
      'but not for ever',
      'stalled = setTimeout(onStall, stall);',
      'stalled = setTimeout(() => {}, stall);',
      livenessTest,
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/websocket/heartbeat.ts', livenessTest, [
    [
      'who answers no ping is dead',
      'if (silent.has(socket) && !isLate) socket.terminate();',
      'if (false) socket.terminate();',
    ],
    ['who answers is not', "socket.on('pong', alive).on('ping', alive).on('message', alive);", ''],
    [
      'who is not read is not dead',
      'socket.readyState !== WebSocket.OPEN || isHeldUp()',
      'socket.readyState !== WebSocket.OPEN',
    ],
    ['nor whoever had no time', 'silent.has(socket) && !isLate', 'silent.has(socket)'],
  ]),
  ...mutationsOf('packages/bff/src/proxy/websocket/handshake.ts', handshakeTest, [
    ['GET of HTTP/1.1', "if (method !== 'GET' || httpVersion !== '1.1')", 'if (false)'],
    [
      'to websocket alone',
      "if (upgrade.length !== 1 || upgrade[0]?.toLowerCase() !== 'websocket')",
      'if (false)',
    ],
    [
      'without content',
      "if (valuesOf(rawHeaders, 'transfer-encoding').length > 0 || hasContent(rawHeaders))",
      'if (false)',
    ],
    ['version 13', 'if (version.length !== 1 || version[0] !== webSocketVersion)', 'if (false)'],
    ['one key', "if (keys.length !== 1 || !key.test(keys[0] ?? ''))", 'if (false)'],
    ['subprotocols of different names', 'return isSound ?', 'return true ?'],
  ]),
  ...mutationsOf('packages/bff/src/proxy/websocket/upgrades.ts', handshakeTest, [
    ['a connection that breaks ends no process', "socket.on('error', () => socket.destroy());", ''],
    [
      'a refused handshake ends its connection',
      'response.detachSocket(socket);\n      socket.setTimeout(longestGoodbye, () => socket.destroy());\n      socket.destroySoon();',
      '',
    ],
  ]),
];
