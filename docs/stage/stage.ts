import { createSessionClient, type SessionClient } from '@coatcheck/client';
import { type ChannelMessage, channelName, defaultBasePath, pathsUnder } from '@coatcheck/protocol';
import { createScriptedBff, type Exchange, githubAuthorization } from './bff.ts';
import { alice, type Person } from './held-session.ts';
import { createBrowser, createPage } from './page.ts';

/** What an example gets. */
export interface Stage {
  readonly client: SessionClient;
  /** Stands in for the popup of `createSignInAgain`, which a page of documentation has no server for. */
  readonly openWindow: (url: string) => boolean;
  /** Path, query and fragment at which the page was loaded. */
  readonly address: string;
  /** The app shows another address now. */
  readonly moveTo: (address: string) => void;
}

/** Puts an example into the page, and takes it out again by what it returns. */
export type Mount = (place: HTMLElement, stage: Stage) => () => void;

/** A page of the provider's that asks the person: in the place of the app's page, or in a popup over it. */
export interface Question {
  readonly place: 'page' | 'popup';
  readonly kind: 'sign-in' | 'connect';
  readonly url: string;
}

export interface StageTab {
  address(): string;
  /** What the person is asked instead of seeing the app. */
  question(): Question | null;
  /** Loads the page, as after a navigation. */
  load(address: string): void;
  answer(person: Person | null): void;
}

export interface StageParts {
  readonly tabs: number;
  readonly isSignedIn: boolean;
  /** Path, query and fragment at which each tab starts. */
  readonly address: string;
  /** Something that is shown around the examples changed. */
  onChange(): void;
}

const longestLog = 6;

/** A browser with some tabs of one app, and a BFF in memory. */
export function createStage({ tabs: count, isSignedIn, address: start, onChange }: StageParts) {
  let log: (Exchange & { id: number })[] = [];
  let exchanges = 0;
  let mayOpenPopups = true;
  const browser = createBrowser();
  const bff = createScriptedBff({
    now: () => Date.now(),
    onExchange(exchange) {
      exchanges += 1;
      log = [...log, { ...exchange, id: exchanges }].slice(-longestLog);
      onChange();
    },
  });
  if (isSignedIn) bff.signIn(alice, { acrValues: null, consent: null }, Date.now() - 300_000);

  const open = new Set<{ fire(event: 'focus' | 'online'): void }>();

  /** @param place null once the example is gone */
  function createTab() {
    const notes = new Map<string, string>();
    let address = start;
    let question: Question | null = null;
    let place: HTMLElement | null = null;
    let mount: Mount = () => () => {};
    let leave = () => {};

    function go(target: string): void {
      leave();
      const { hostname } = new URL(target, 'https://app.example');
      const kind = hostname === new URL(githubAuthorization).hostname ? 'connect' : 'sign-in';
      if (kind === 'sign-in' && !target.startsWith(pathsUnder().login)) {
        load(target);
        return;
      }
      question = { place: 'page', kind, url: target };
      onChange();
    }

    function load(next: string): void {
      leave();
      address = next;
      question = null;
      if (place === null) return;
      const { page, fire } = createPage({ browser, notes, here: () => address, go, isOnline: bff.isOnline });
      const client = createSessionClient({ page, fetch: bff.fetch });
      const own = { fire };
      open.add(own);
      const unmount = mount(place, { client, openWindow, address, moveTo });
      leave = () => {
        fire('suspended');
        open.delete(own);
        unmount();
        client.close();
        leave = () => {};
      };
      onChange();
    }

    function moveTo(next: string): void {
      address = next;
      onChange();
    }

    function openWindow(url: string): boolean {
      if (!mayOpenPopups) return false;
      question = { place: 'popup', kind: 'sign-in', url };
      onChange();
      return true;
    }

    function answer(person: Person | null): void {
      if (question === null) return;
      const { kind, place: where, url } = question;
      const query = new URL(url, 'https://app.example').searchParams;
      question = null;
      if (person !== null && kind === 'connect') bff.connect();
      if (person !== null && kind === 'sign-in')
        bff.signIn(person, { acrValues: query.get('acr_values'), consent: query.get('consent') });
      if (where === 'popup') {
        const message: ChannelMessage =
          person === null ? { type: 'sign-in-failed', code: 'access_denied' } : { type: 'signed-in' };
        browser.post(channelName(defaultBasePath), message);
        onChange();
        return;
      }
      const back = query.get(kind === 'connect' ? 'state' : 'return_to') ?? '/';
      const failed = person === null && query.get('on_error') === 'return';
      load(failed ? `${back}${back.includes('?') ? '&' : '?'}login_error=access_denied` : back);
    }

    return {
      address: () => address,
      question: () => question,
      load,
      answer,
      go,
      start(where: HTMLElement, with_: Mount) {
        place = where;
        mount = with_;
        load(address);
      },
      stop() {
        leave();
        place = null;
      },
    };
  }

  const tabs = Array.from({ length: count }, createTab);
  const tellAll = (event: 'focus' | 'online') => {
    for (const { fire } of open) fire(event);
  };
  return {
    tabs,
    bff,
    log: () => log,
    post: browser.post,
    /** The network goes, or the provider; null brings all back. */
    setOutage(outage: Parameters<typeof bff.setOutage>[0]): void {
      bff.setOutage(outage);
      tellAll(outage === null ? 'online' : 'focus');
    },
    allowPopups(next: boolean): void {
      mayOpenPopups = next;
    },
    stop(): void {
      for (const tab of tabs) tab.stop();
    },
  };
}
