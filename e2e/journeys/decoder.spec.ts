import type { Browser, Page } from '@playwright/test';
import { expect, test } from '../fixtures/test.ts';

/** Its examples are JWTs that the page made itself, which the standing proof would rightly point at. */
async function openDecoder(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${url}/learn/tokens`);
  return page;
}

const refusals = {
  Expired: /It expired 60\d seconds ago/,
  'Wrong audience': /not https:\/\/api\.example/,
  'alg: none': /nobody signed it/,
  'Changed on the way': /The signature is wrong/,
  'HS256 where RS256 is due': /only RS256 is accepted here/,
};

test('the decoder accepts what is good, refuses what is not and says why, and sends nothing anywhere', async ({
  browser,
  stage,
}) => {
  const page = await openDecoder(browser, stage.demo.url);
  const decoder = page.getByRole('region', { name: 'Decode and verify any JWT' });
  for (const name of ['RS256, good', 'ES256, good', 'EdDSA, good', 'HS256, good']) {
    await decoder.getByRole('button', { name }).click();
    await expect(decoder.getByRole('status'), name).toHaveText('Accepted');
    await expect(decoder.getByRole('table', { name: 'Header' })).toContainText(name.split(',')[0] ?? '');
  }
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  for (const [name, reason] of Object.entries(refusals)) {
    await decoder.getByRole('button', { name }).click();
    await expect(decoder, name).toContainText(reason);
    await expect(decoder.getByRole('status'), name).toHaveText('Refused');
  }
  await decoder.getByLabel('Token').fill('hello');
  await expect(decoder.getByRole('status')).toContainText('Not a JWT');
  const token = requests.filter((url) => url.includes('eyJ'));
  expect(token).toEqual([]);
  await page.close();
});
