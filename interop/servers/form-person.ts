import type { Form } from '../person/forms.ts';
import { type Answer, browserAt, type Person, walk } from '../person/person.ts';

/** A person at a server whose pages are HTML forms; `answer` says what they do on each. */
export function createPerson(
  origin: string,
  answer: (forms: readonly Form[], html: string) => Answer | undefined,
): Person {
  const jar = browserAt(origin);
  let passwordsTyped = 0;
  const counting: typeof answer = (forms, html) => {
    const chosen = answer(forms, html);
    if (chosen?.fields.password !== undefined) passwordsTyped += 1;
    return chosen;
  };
  return {
    get passwordsTyped() {
      return passwordsTyped;
    },
    frames: [],
    async signIn(authorizationUrl) {
      const end = await walk(jar, authorizationUrl, counting);
      if ('left' in end) return end.left;
      throw new Error(`sign-in ended on a page:\n${end.page.slice(0, 2_000)}`);
    },
    async signOut(endSessionUrl) {
      const end = await walk(jar, endSessionUrl, counting);
      return 'left' in end ? end.left : end.page;
    },
  };
}
