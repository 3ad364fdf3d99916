import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { chromium, type Page } from '@playwright/test';
import { freePorts } from '#server/local-brokers/free-port.ts';
import { chromiumLaunchOptions } from '#scripts/chromium.ts';

/**
 * `npm run screenshot`: the README's picture, made from the production build with the sandbox. With `--all FOLDER`
 * every screen, in light and dark, wide and narrow, for looking at.
 */

const root = join(import.meta.dirname, '..');
const all = process.argv.indexOf('--all');
const folder = all < 0 ? null : process.argv[all + 1];
const queue = '/queues/kafka%2Forders.order.completed.dlq';

const [port] = await freePorts(1);
const data = mkdtempSync(join(tmpdir(), 'redeliver-screenshot-'));
const url = `http://127.0.0.1:${port}`;
const server = spawn(process.execPath, ['server/main.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, NODE_ENV: 'production', PORT: String(port), REDELIVER_DATA: data },
});
const browser = await chromium.launch(chromiumLaunchOptions());

try {
  if (folder === null || folder === undefined) {
    const page = await open('light', 1440);
    await queueWithMessage(page);
    await page.screenshot({ path: join(root, 'docs/screenshot.png') });
  } else {
    for (const theme of ['light', 'dark'] as const)
      for (const width of [1440, 1024]) await everyScreen(await open(theme, width), join(folder, `${theme}-${width}`));
  }
} finally {
  await browser.close();
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
  rmSync(data, { recursive: true, force: true });
}

async function open(colorScheme: 'light' | 'dark', width: number): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, colorScheme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  // The server comes up while the browser waits.
  await waitFor(async () => (await fetch(`${url}/api/health`)).ok);
  await page.goto('/');
  await page.getByRole('link', { name: 'orders.order.completed.dlq' }).first().waitFor({ timeout: 120_000 });
  return page;
}

async function queueWithMessage(page: Page): Promise<void> {
  await page.goto(queue);
  await page.getByRole('gridcell').first().waitFor({ timeout: 60_000 });
  await page.getByRole('grid').focus();
  for (const key of ['j', 'j', 'Enter', 'x', 'j', 'x']) await page.keyboard.press(key);
  await page.getByRole('heading', { name: 'Payload' }).waitFor();
}

async function everyScreen(page: Page, name: string): Promise<void> {
  const shoot = (screen: string) => page.screenshot({ path: `${name}-${screen}.png` });
  await shoot('overview');
  await page.goto(queue);
  await page.getByRole('gridcell').first().waitFor({ timeout: 60_000 });
  await shoot('queue');
  await queueWithMessage(page);
  await shoot('message');
  await page.keyboard.press('r');
  await page.getByRole('button', { name: /^Send / }).waitFor();
  await shoot('plan');
  await page.getByRole('button', { name: /^Send / }).click();
  await page.getByRole('link', { name: /Open replay/ }).click();
  await page.getByRole('heading', { name: /^Replay \d/ }).waitFor();
  await shoot('replay');
  await page.goto('/replays');
  await page.getByRole('heading', { name: 'Replays' }).waitFor();
  await shoot('replays');
  await page.goto(`${queue}?filter=${encodeURIComponent('error:"nothing like this"')}`);
  await page.getByText('matching').first().waitFor();
  await shoot('empty');
  await page.goto('/queues/kafka%2Fno-such-queue');
  await shoot('unknown-queue');
  await page.getByRole('button', { name: /Sandbox/ }).click();
  await page.getByRole('switch').first().waitFor();
  await shoot('sandbox');
}

async function waitFor(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error('The console did not come up within two minutes.');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
