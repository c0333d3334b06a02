import type { BrowserContext, CDPSession } from '@playwright/test';
import type { Target } from './heap.ts';

/** A worker of any kind, reached through the browser. */
export interface WorkerTarget extends Target {
  type: string;
  url: string;
}

const workerTypes = ['worker', 'shared_worker', 'service_worker'];

/**
 * The workers of a context that run now. Playwright has no CDP session for them, so commands travel inside
 * `Target.sendMessageToTarget`.
 *
 * @param session of any page of the context
 */
export async function findWorkers(context: BrowserContext, session: CDPSession): Promise<WorkerTarget[]> {
  const browser = context.browser();
  const { targetInfo } = await session.send('Target.getTargetInfo');
  if (!browser) throw new Error('A persistent context hides its browser, so workers cannot be searched.');
  const root = await browser.newBrowserCDPSession();
  const { targetInfos } = await root.send('Target.getTargets');
  const workers = targetInfos.filter(
    ({ type, browserContextId }) =>
      workerTypes.includes(type) && browserContextId === targetInfo.browserContextId,
  );
  return Promise.all(
    workers.map(async ({ targetId, type, url }) => {
      const { sessionId } = await root.send('Target.attachToTarget', { targetId, flatten: false });
      return { type, url, ...speakTo(root, sessionId) };
    }),
  );
}

function speakTo(root: CDPSession, sessionId: string): Target {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const listeners = new Map<string, (params: unknown) => void>();
  let lastId = 0;
  root.on('Target.receivedMessageFromTarget', ({ sessionId: from, message }) => {
    if (from !== sessionId) return;
    const { id, method, params, result, error } = JSON.parse(message);
    if (method) listeners.get(method)?.(params);
    else if (error) waiting.get(id)?.reject(new Error(error.message));
    else waiting.get(id)?.resolve(result);
  });
  return {
    on: (method, listener) => {
      listeners.set(method, listener);
    },
    async send(method, params = {}) {
      lastId += 1;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.set(lastId, { resolve, reject });
      await root.send('Target.sendMessageToTarget', {
        sessionId,
        message: JSON.stringify({ id: lastId, method, params }),
      });
      return promise;
    },
  };
}
