import type { Surroundings } from './language.tsx';

const key = 'coatcheck-demo:language';

/** The browser that this runs in. The choice is kept only where it differs from the browser's own language. */
export const thisBrowser: Surroundings = {
  preferred: navigator.languages,
  recall: () => localStorage.getItem(key),
  remember(choice) {
    if (choice === null) localStorage.removeItem(key);
    else localStorage.setItem(key, choice);
  },
  announce(language) {
    document.documentElement.lang = language;
  },
};
