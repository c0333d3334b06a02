import { type Mutation, mutationsOf } from '../mutation.ts';

const send = 'packages/bff/src/proxy/send.ts';
const sendTest = 'packages/bff/test/proxy/send.test.ts';
const abortTest = 'packages/bff/test/proxy/send-abort.test.ts';
const streamingTest = 'packages/bff/test/proxy/send-streaming.test.ts';
const formsTest = 'conformance/tests/exchange-forms.test.ts';
const faultsTest = 'conformance/tests/api-faults.test.ts';

/** How a call is sent and its answer relayed (BFF-PROXY-17 to -19). */
export const sendingRules: readonly Mutation[] = [
  ...mutationsOf(send, abortTest, [
    ['a lane takes no more than it may hold', 'if (lane.held >= lane.capacity)', 'if (false)'],
    ['a place in a lane is given back', 'if (!this.#over) this.#lane.held -= 1;', ''],
    [
      'who leaves cancels the upstream',
      "if (!this.#over) this.#controller?.abort(new Error('abandoned'));",
      '',
    ],
    ['what was abandoned is never sent', "if (this.#settled) throw new Error('abandoned');", ''],
    [
      'no connection free in time is a failure',
      '(moving && !timeouts.waitsForNew)) return;',
      'true) return;',
    ],
    [
      'half an answer is cut',
      'this.#answer.cut();\n    this.#settle',
      'this.#answer.end([]);\n    this.#settle',
    ],
    [
      'a slow reader makes the upstream wait',
      'else if (!this.#answer.write(chunk)) running.pause();',
      'else this.#answer.write(chunk);',
      streamingTest,
    ],
    ['and is read on when there is room', 'if (!this.#over) this.#controller?.resume();', '', streamingTest],
    ['103 is relayed', 'if (statusCode === 103) this.#answer.hint(relay.hints(fields));', '', sendTest],
    [
      'no other interim answer is taken for the last',
      'if (statusCode < 200) return;',
      'if (statusCode === 103) return;',
      sendTest,
    ],
    [
      'a refused token is reported',
      'if (statusCode === 401 && refusesToken(fields) && interceptsInvalidToken())',
      'if (false)',
      sendTest,
    ],
    [
      'a refusal is not read without end',
      'if (this.#refusalBytes > maxRefusalBytes)',
      'if (false)',
      sendTest,
    ],
    [
      'trailers follow',
      'this.#answer.end(this.#exchange.relay.trailers(latin1(rawTrailers)))',
      'this.#answer.end([])',
      sendTest,
    ],
    [
      'an answer that cannot be relayed is none',
      "else this.#fail('upstream_invalid', new Error(head.detail));",
      'else this.#answer.begin(this.#status, []);',
      faultsTest,
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/answer.ts', abortTest, [
    ['a browser that leaves is heard', "this.#watched.on('close', this.#onClose);", ''],
    ['a browser that does not read is cut off', 'this.cut();\n      this.#events.onGone();', ''],
    [
      'to HTTP/1.0 a cut is a reset',
      "if (this.#request.httpVersion !== '1.1' && socket !== null && !('encrypted' in socket))\n      socket.resetAndDestroy();\n    else this.#response.destroy();",
      'this.#response.destroy();',
    ],
    ['the head goes out before the content', 'process.nextTick(flushHead, this);', '', sendTest],
    ['no hints to HTTP/1.0', "this.#request.httpVersion === '1.0' || ", '', sendTest],
  ]),
  ...mutationsOf('packages/bff/src/proxy/body.ts', 'packages/bff/test/proxy/body.test.ts', [
    ['a length over the limit', '|| Number(length ?? 0) > limits.limit', ''],
    ['chunks over the limit', 'if (received > limit) {', 'if (false) {'],
    ['who leaves in the middle fails it', "if (!ended) reader?.destroy(new BodyError('client_gone'));", ''],
    [
      'more than is kept is not sent again',
      'if (received > keep) copy = null;',
      'if (received > keep) copy = [];',
    ],
    ['a replay starts at the first byte', 'for (const chunk of copy) stream.push(chunk);', ''],
    ['what nobody wants is dropped', "request.once('close', () => clearTimeout(timer)).resume();", ''],
    [
      'but not for ever',
      'setTimeout(() => request.destroy(), lingerMilliseconds)',
      'setTimeout(() => {}, lingerMilliseconds)',
    ],
    ['Expect is answered when the content is asked for', 'beforeRead?.();', ''],
    [
      'a slow upstream makes the browser wait',
      'if (reader?.push(chunk) !== true) request.pause();',
      'reader?.push(chunk);',
      streamingTest,
    ],
    [
      'no content where none is allowed',
      'if (limits.limit === 0 || ',
      'if (',
      'packages/bff/test/proxy/upstream-http2.test.ts',
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/dispatchers.ts', 'packages/bff/test/proxy/dispatchers.test.ts', [
    [
      'TLS is verified whatever the environment says',
      'const trust = { rejectUnauthorized: true, ',
      'const trust = { ',
    ],
    ['TLS is verified', 'rejectUnauthorized: true', 'rejectUnauthorized: false'],
    [
      'the configured authority counts',
      '...(ca === undefined ? {} : { ca }), ...clientCertificate',
      '...clientCertificate',
    ],
    [
      'the client certificate is shown',
      '...(ca === undefined ? {} : { ca }), ...clientCertificate }',
      '...(ca === undefined ? {} : { ca }) }',
      'conformance/tests/upstream-tls.test.ts',
    ],
    [
      'an origin that is not configured is not spoken to',
      'if (upstream === undefined) throw new Error(`upstream ${origin} is not configured`);',
      'if (upstream === undefined) return openUpstream({ origin, connections: 1, waiting: 1, streams: 1, connectTimeout: 1_000 });',
    ],
    ['an upstream is named once', 'if (byOrigin.has(options.origin)) throw', 'if (false) throw'],
    [
      'streams end with the server',
      '[...destroyStreams(), ...all.map(({ calls }) => calls.dispatcher.close())]',
      'all.map(({ calls }) => calls.dispatcher.close())',
    ],
    [
      'calls are waited for',
      'all.map(({ calls }) => calls.dispatcher.close())',
      'all.map(({ calls }) => calls.dispatcher.destroy())',
    ],
    [
      'streams have a way of their own',
      'const streamPool = openPool(options, options.streams);',
      'const streamPool = callPool;',
      'conformance/tests/forwarded-streams.test.ts',
    ],
    [
      'a reset is no end of an answer',
      "if (!isHttp2) socket.on('error', renameReset);",
      "if (!isHttp2) socket.on('error', () => {});",
      abortTest,
    ],
    [
      'HTTP/2 or nothing',
      "socket.alpnProtocol !== 'h2') {",
      'false) {',
      'packages/bff/test/proxy/upstream-http2.test.ts',
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/upstream-failure.ts', faultsTest, [
    ['what is late is 504', "if (timeouts.has(code)) return 'upstream_timeout';", ''],
    [
      'what breaks the rules is so called',
      "if (violations.has(code) || error.name === 'HTTPParserError') return 'upstream_invalid';",
      '',
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/forward.ts', formsTest, [
    ['Expect is answered here', 'reply.raw.writeContinue()', 'undefined'],
  ]),
  ...mutationsOf('packages/bff/src/proxy/forward.ts', 'conformance/tests/large-bodies.test.ts', [
    [
      '413 before anything is sent',
      "if (body.kind === 'payload_too_large') {\n    sendProblem(request, reply, { code: 'payload_too_large' });",
      "if (body.kind === 'payload_too_large') {\n    sendProblem(request, reply, { code: 'not_found' });",
    ],
  ]),
];
