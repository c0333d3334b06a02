import { randomBytes } from 'node:crypto';
import type { BrowserContext, CDPSession, Frame, Page } from '@playwright/test';
import { type Allowance, describeFinding, type Finding, isAllowed } from './allowances.ts';
import { readHeap } from './heap.ts';
import { type Place, type Sighting, sighting } from './places.ts';
import { createSearch } from './search.ts';
import type { Secret } from './secrets.ts';
import { readContext, readDocument, readFrames, readHistory, separateFrames } from './storage.ts';
import { recordTraffic, type Traffic } from './traffic.ts';
import { findWorkers } from './workers.ts';

/** Chromium must be launched with these, or heap snapshots cut every string after 1,024 characters. */
export const tokenScanArguments = ['--js-flags=--heap-snapshot-string-limit=100000000'];

export interface WatchOptions {
  /** Every credential of the run; asked at the time of the search. */
  secrets: () => Iterable<Secret> | Promise<Iterable<Secret>>;
}

export interface ScanOptions {
  /** What may be where it is, each with its reason. */
  allow?: Allowance[];
  /** Accept heap snapshots that cut long strings (see `tokenScanArguments`). */
  allowTruncatedHeap?: boolean;
}

/** What was searched, and what was found beyond what is allowed. */
export interface ScanReport {
  findings: Finding[];
  secrets: number;
  /** How many things were searched in each place. */
  searched: Partial<Record<Place, number>>;
  bytes: number;
}

/** A context under watch. */
export interface TokenWatch {
  /** Opens a page that is recorded from its first request on, however quickly it navigates. */
  newPage(): Promise<Page>;
  /** Searches everything recorded so far and all that the context's pages and workers hold now. */
  findTokens(options?: ScanOptions): Promise<ScanReport>;
  /** As `findTokens`, and throws when anything is found. */
  expectNoTokens(options?: ScanOptions): Promise<ScanReport>;
}

/**
 * Starts recording a browser context, before its first navigation, for as long as it lives.
 *
 * @example
 * const watch = await watchForTokens(context, { secrets: () => as.canaries() });
 * // … the whole journey …
 * await watch.expectNoTokens({ allow: authorizationCodeFlow(as.issuer, loginUrl, callbackUrl) });
 *
 * @throws when a page has been somewhere already: what it received then can no longer be searched
 */
export async function watchForTokens(
  target: BrowserContext | Page,
  options: WatchOptions,
): Promise<TokenWatch> {
  const context = 'newPage' in target ? target : target.context();
  const tooLate = context.pages().find((page) => page.url() !== 'about:blank');
  if (tooLate)
    throw new Error(`Watching must start before the first navigation, but a page shows ${tooLate.url()}.`);
  const traffic = recordTraffic(context);
  await Promise.all(context.pages().map(traffic.session));

  const watch: TokenWatch = {
    async newPage() {
      const page = await context.newPage();
      await traffic.session(page);
      return page;
    },
    async findTokens({ allow = [], allowTruncatedHeap = false } = {}) {
      const secrets = [...(await options.secrets())];
      const search = createSearch(secrets);
      const sightings = await collect(context, traffic, allowTruncatedHeap);
      const findings = sightings.flatMap(({ place, where, data }) =>
        search(data).map((hit): Finding => ({ ...hit, place, where })),
      );
      const searched: Partial<Record<Place, number>> = {};
      for (const { place } of sightings) searched[place] = (searched[place] ?? 0) + 1;
      return {
        findings: withoutRepeats(findings.filter((finding) => !isAllowed(finding, allow))),
        secrets: secrets.length,
        searched,
        bytes: sightings.reduce((sum, { data }) => sum + data.length, 0),
      };
    },
    async expectNoTokens(scanOptions) {
      const report = await watch.findTokens(scanOptions);
      if (report.findings.length === 0) return report;
      const lines = report.findings.map((finding) => `  ${describeFinding(finding)}`);
      throw new Error(
        `The browser holds or has received credentials (${lines.length}):\n${lines.join('\n')}`,
      );
    },
  };
  return watch;
}

/** The watch of a page, asked by the page: `expectNoTokens(page, { watch, allow })`. */
export async function expectNoTokens(
  page: Page,
  { watch, ...options }: ScanOptions & { watch: TokenWatch },
): Promise<ScanReport> {
  if (page.isClosed()) throw new Error('The page is closed: what it held can no longer be searched.');
  return watch.expectNoTokens(options);
}

async function collect(
  context: BrowserContext,
  traffic: Traffic,
  allowTruncated: boolean,
): Promise<Sighting[]> {
  const pages = context.pages().filter((page) => !page.isClosed());
  const [firstPage] = pages;
  if (!firstPage) throw new Error('No page is open: storage, DOM and memory cannot be searched.');
  if (traffic.responses === 0) throw new Error('Nothing was received yet: a search would prove nothing.');

  const recorded = [...(await traffic.sightings())];
  const unread = traffic.unread();
  if (unread.length > 0)
    throw new Error(`Bodies that could not be read, so not searched:\n  ${unread.join('\n  ')}`);
  for (const page of pages) {
    const session = await traffic.session(page);
    recorded.push(...(await readFrames(page)), ...(await readHistory(session)));
    for (const one of [{ frame: page.mainFrame(), session }, ...(await separateFrames(page))]) {
      recorded.push(await readDocument(one.frame.url(), one.session));
      recorded.push(
        sighting('heap', one.frame.url(), await readFrameHeap(one.frame, one.session, allowTruncated)),
      );
    }
  }
  const workers = await findWorkers(context, await traffic.session(firstPage));
  for (const worker of workers) {
    recorded.push(sighting('heap', `${worker.type} ${worker.url}`, (await readHeap(worker)).join('\n')));
  }
  recorded.push(...(await readContext(context)));
  return recorded;
}

/** A long string is planted first: if the snapshot lacks it or cuts it, the search would miss credentials too. */
async function readFrameHeap(frame: Frame, session: CDPSession, allowTruncated: boolean): Promise<string> {
  const probe = `heap-probe-${randomBytes(1500).toString('hex')}`;
  const name = probe.slice(0, 30);
  await frame.evaluate(
    ([key = '', value]) => Object.assign(globalThis, { [key]: value }),
    [name, `${probe}!`],
  );
  const strings = await readHeap({
    send: (method, params) => session.send(method as 'HeapProfiler.takeHeapSnapshot', params),
    on: (method, listener) => session.on(method as 'HeapProfiler.addHeapSnapshotChunk', listener),
  });
  await frame.evaluate((key) => Reflect.deleteProperty(globalThis, key), name);
  const found = strings.filter((text) => text.startsWith(name) && text.length > name.length);
  if (found.length === 0)
    throw new Error('The heap snapshot lacks a string that was put there: it proves nothing.');
  if (!allowTruncated && !found.includes(`${probe}!`)) {
    throw new Error(
      'The heap snapshot cuts long strings. Launch Chromium with `args: tokenScanArguments`, or pass `allowTruncatedHeap`.',
    );
  }
  return strings.join('\n');
}

/** The same finding in the same place counts once, however often it was recorded. */
function withoutRepeats(findings: Finding[]): Finding[] {
  const seen = new Map(findings.map((finding) => [describeFinding({ ...finding, snippet: '' }), finding]));
  return [...seen.values()];
}
