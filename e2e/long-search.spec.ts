import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchConsole, startConsole } from '#bench/console.ts';
import { fillStore } from '#bench/store.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { expect, test } from './console.ts';

/** In no order of time, so that each is looked at by itself: all of them take some seconds, and a quarter of a second is one answer. */
const messages = 6_000;
/** Every message has such a path, and none this value: only a look at each tells. */
const filter = 'payload.orderId:<0';

const folder = mkdtempSync(join(tmpdir(), 'redeliver-long-search-'));
let large: BenchConsole | undefined;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  const dataFolder = join(folder, 'data');
  const store = openSqliteStore({ folder: dataFolder, role: 'writer' });
  await fillStore(store, messages, Date.now());
  await store.close();
  // Nobody listens there: all is in the index already.
  large = await startConsole({ folder, dataFolder, brokers: ['127.0.0.1:1'], topics: [] });
});

test.afterAll(async () => {
  await large?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a long search says how far it has looked, is stopped, and goes on to its end', async ({ page }) => {
  await page.goto(`${large?.url ?? ''}/messages?filter=${encodeURIComponent(filter)}`);
  const looked = page.getByText(/[\d,]+ messages? looked at/);
  await expect(page.getByText('Still looking')).toBeVisible();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByText('Not everything was looked at')).toBeVisible();
  await expect(page.getByText('The search was stopped before everything was looked at')).toBeVisible();
  const [part = ''] = /[\d,]+(?= messages? looked at)/.exec((await looked.textContent()) ?? '') ?? [];
  const stoppedAt = Number(part.replaceAll(',', ''));
  expect(stoppedAt).toBeGreaterThan(0);
  expect(stoppedAt).toBeLessThan(messages);

  await page.getByRole('button', { name: 'Go on' }).click();
  // Until then nobody could say so.
  await expect(page.getByText('Nothing matches')).toBeVisible({ timeout: 120_000 });
  await expect(looked).toHaveCount(0);
});
