import { defineComponent, h, nextTick, onBeforeUnmount, onMounted, ref, shallowRef, type VNode } from 'vue';
import { type ControlName, controls } from '../../stage/controls.ts';
import { examples } from '../../stage/examples.ts';
import { alice, bob, type Person } from '../../stage/held-session.ts';
import { origin } from '../../stage/page.ts';
import { createStage, type Question, type StageTab } from '../../stage/stage.ts';
import { onLeaving } from './leaving.ts';

/**
 * Runs an example of the SDK in the page: the app in a frame, what else happens as buttons, and what the scripted BFF
 * was asked. Loaded when somebody gets near.
 */
export const LiveExample = defineComponent({
  props: { name: { type: String, required: true } },
  setup({ name }) {
    const example = examples[name];
    if (example === undefined) throw new Error(`${name} is not among docs/stage/examples.ts.`);
    const root = ref<HTMLElement | null>(null);
    const places = shallowRef<HTMLElement[]>([]);
    const isReady = ref(false);
    /** The stage is no state of Vue's: this says that it changed. */
    const change = ref(0);
    const stage = createStage({
      tabs: example.tabs ?? 1,
      isSignedIn: example.isSignedIn ?? true,
      address: example.address ?? '/notes?sort=newest#first',
      onChange: () => {
        change.value += 1;
      },
    });
    let stopLooking = () => {};

    async function start() {
      const mount = await example?.load();
      if (!mount || root.value === null) return;
      stage.tabs.forEach((tab, index) => {
        const place = places.value[index];
        if (place) tab.start(place, mount);
      });
      isReady.value = true;
    }

    onMounted(() => {
      const element = root.value;
      if (element === null) return;
      const watcher = new IntersectionObserver(
        (entries) => {
          if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
          watcher.disconnect();
          void start();
        },
        { rootMargin: '400px' },
      );
      watcher.observe(element);
      const stopLeaving = onLeaving(element, (url) => stage.tabs[0]?.go(url));
      stopLooking = () => {
        watcher.disconnect();
        stopLeaving();
      };
    });
    onBeforeUnmount(() => {
      stopLooking();
      stage.stop();
    });

    return () => {
      // Read, so that this is rendered again.
      const shownAs = `${change.value}`;
      return h('section', { ref: root, class: 'live', 'aria-label': `Live example: ${example.title}` }, [
        h('p', { class: 'live-title' }, [h('strong', 'Live'), ` ${example.title}`]),
        h(
          'div',
          { class: 'live-tabs', 'data-change': shownAs },
          stage.tabs.map((tab, index) => tabFrame(tab, index)),
        ),
        h('div', { class: 'live-controls', role: 'group', 'aria-label': 'What happens elsewhere' }, [
          ...example.controls.map((control) => controlButton(control)),
        ]),
        requestLog(),
      ]);
    };

    function tabFrame(tab: StageTab, index: number): VNode {
      const question = tab.question();
      const isAway = question?.place === 'page';
      return h('div', { class: 'live-tab', key: index }, [
        h('p', { class: 'live-address' }, isAway ? hostOf(question) : origin + tab.address()),
        h('div', {
          // VitePress leaves links in there alone.
          class: 'live-app vp-raw',
          tabindex: -1,
          hidden: isAway,
          ref: (element) => {
            if (element instanceof HTMLElement) places.value[index] = element;
          },
        }),
        question && questionPanel(question, (person) => answer(tab, person, index)),
        !isReady.value && h('p', { class: 'live-wait' }, 'One moment …'),
      ]);
    }

    /** Whoever works by keyboard goes on where the question was asked. */
    async function answer(tab: StageTab, person: Person | null, index: number) {
      tab.answer(person);
      await nextTick();
      places.value[index]?.focus({ preventScroll: true });
    }

    function controlButton(name: ControlName): VNode {
      const { label, run } = controls[name];
      return h('button', { type: 'button', disabled: !isReady.value, onClick: () => run(stage) }, label);
    }

    function requestLog(): VNode {
      return h(
        'div',
        { class: 'live-log', role: 'log', 'aria-label': 'What the BFF was asked', tabindex: 0 },
        [
          ...stage
            .log()
            .map(({ id, method, path, status, problem }) =>
              h('p', { key: id, class: status >= 200 && status < 400 ? undefined : 'live-refused' }, [
                h('span', `${method} ${path}`),
                ` → ${status === 0 ? 'no answer' : status}${problem === null ? '' : ` ${problem}`}`,
              ]),
            ),
        ],
      );
    }
  },
});

function questionPanel(question: Question, answer: (person: Person | null) => void): VNode {
  const { place, kind } = question;
  const who = kind === 'connect' ? [alice] : [alice, bob];
  const label = place === 'popup' ? 'A popup of the provider' : 'The page of the provider';
  const props = {
    class: `live-question live-${place}`,
    role: 'group',
    tabindex: -1,
    'aria-label': label,
    onVnodeMounted: ({ el }: VNode) => el instanceof HTMLElement && el.focus({ preventScroll: true }),
  };
  return h('div', props, [
    place === 'popup' && h('p', { class: 'live-address' }, hostOf(question)),
    h('p', kind === 'connect' ? 'GitHub: connect your account?' : 'Example ID: who are you?'),
    ...who.map((person) =>
      h(
        'button',
        { type: 'button', onClick: () => answer(person) },
        kind === 'connect' ? 'Connect' : person.name,
      ),
    ),
    h('button', { type: 'button', onClick: () => answer(null) }, 'Cancel'),
  ]);
}

function hostOf({ kind }: Question): string {
  return kind === 'connect' ? 'https://github.example' : 'https://id.example';
}
