import type { Locator, Page } from '@playwright/test';

/** A still and how long it stays, in milliseconds. */
export interface Still {
  readonly png: Buffer;
  readonly stays: number;
}

/** Stills of a page, one after the other. */
export interface Film {
  readonly stills: readonly Still[];
  /** Takes what the page shows. */
  hold(stays: number): Promise<void>;
  /** Shows which control is pressed next. */
  point(control: Locator): Promise<void>;
  /** Shows it and presses it. */
  press(control: Locator): Promise<void>;
}

export function createFilm(page: Page): Film {
  const stills: Still[] = [];
  const take = async (stays: number) => {
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    stills.push({ png: await page.screenshot(), stays });
  };
  const point = async (control: Locator) => {
    await control.scrollIntoViewIfNeeded();
    // By the object model: the page's policy allows no style attributes.
    await control.evaluate((element) => element.style.setProperty('outline', '4px solid #b8862f'));
    await take(700);
    await control.evaluate((element) => element.style.removeProperty('outline'));
  };
  return {
    stills,
    hold: take,
    point,
    async press(control) {
      await point(control);
      await control.click();
    },
  };
}
