import type { BrowserContext, CDPSession, Frame, Page } from '@playwright/test';
import { type PageSighting, readDatabases, readPage } from './in-page.ts';
import { type Sighting, sighting } from './places.ts';

/** The browser's own cookie store, HttpOnly cookies included, and web storage and databases of every origin. */
export async function readContext(context: BrowserContext): Promise<Sighting[]> {
  const cookies = await context.cookies();
  const { origins } = await context.storageState({ indexedDB: true });
  return [
    ...cookies.map(({ name, value, domain }) =>
      sighting('cookie', `${name} of ${domain}`, `${name}=${value}`),
    ),
    ...origins.flatMap(({ origin, localStorage, ...others }) => [
      sighting(
        'local-storage',
        origin,
        localStorage.map(({ name, value }) => `${name}\n${value}`).join('\n'),
      ),
      sighting('indexed-db', origin, JSON.stringify(others)),
    ]),
  ];
}

/** What every frame of a page holds and shows. */
export async function readFrames(page: Page): Promise<Sighting[]> {
  const perFrame = await Promise.all(
    page.frames().map(async (frame) => {
      const found: PageSighting[] = [
        ...(await frame.evaluate(readPage)),
        ...(await frame.evaluate(readDatabases)),
      ];
      return found.map(([place, where, text]) => sighting(place, where, text));
    }),
  );
  return perFrame.flat();
}

/** The tab's history, as the browser and not the page knows it. */
export async function readHistory(session: CDPSession): Promise<Sighting[]> {
  const { entries } = await session.send('Page.getNavigationHistory');
  return entries.map(({ url, userTypedURL, title }) =>
    sighting('history', url, `${url}\n${userTypedURL}\n${title}`),
  );
}

/** The document with its closed shadow roots and what was typed into fields, which script may not see. */
export async function readDocument(url: string, session: CDPSession): Promise<Sighting> {
  const { strings } = await session.send('DOMSnapshot.captureSnapshot', { computedStyles: [] });
  return sighting('dom', url, strings.join('\n'));
}

/** The sessions of frames that live in processes of their own. */
export async function separateFrames(page: Page): Promise<{ frame: Frame; session: CDPSession }[]> {
  const children = page.frames().filter((frame) => frame !== page.mainFrame());
  const opened = await Promise.all(
    children.map((frame) =>
      page
        .context()
        .newCDPSession(frame)
        .then((session) => ({ frame, session }))
        .catch((error: Error) => {
          if (error.message.includes('does not have a separate CDP session')) return undefined;
          throw error;
        }),
    ),
  );
  return opened.filter((one) => one !== undefined);
}
