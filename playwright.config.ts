import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig, devices } from '@playwright/test';
import { chromiumLaunchOptions } from '#scripts/chromium.ts';

// Workers load this file too, and must see what the first process chose: the environment carries it to them.
const port = (process.env['E2E_PORT'] ??= '3123');
const data = (process.env['E2E_DATA'] ??= mkdtempSync(join(tmpdir(), 'redeliver-e2e-')));
const baseURL = (process.env['E2E_BASE_URL'] ??= `http://127.0.0.1:${port}`);
const serverIsGiven = baseURL !== `http://127.0.0.1:${port}`;

const ownNode = join(import.meta.dirname, 'node_modules/node/bin/node');
const node = Number(process.versions.node.split('.')[0]) < 24 && existsSync(ownNode) ? ownNode : process.execPath;

const sideBySide = ['stories.spec.ts', 'accessibility.spec.ts'];

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  workers: 3,
  // All share one sandbox, whose services are mended and broken as they go, so one comes after the other, but for those
  // that mostly wait, each for a service of its own, and those that only look.
  projects: [
    { name: 'one by one', testIgnore: sideBySide, workers: 1, teardown: 'side by side' },
    // Last, whatever the others came to: what one depends on is not run when that failed.
    { name: 'side by side', testMatch: sideBySide, fullyParallel: true },
  ],
  forbidOnly: process.env['CI'] !== undefined,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    baseURL,
    viewport: { width: 1440, height: 900 },
    // Pictures of every step cost a third of a run's time on two cores; what was done, and the last picture, tell enough.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false },
    screenshot: 'only-on-failure',
    launchOptions: chromiumLaunchOptions(),
  },
  ...(!serverIsGiven && {
    webServer: {
      // The production build, with the sandbox: no broker is configured for it.
      command: `"${node}" server/main.ts`,
      // The server's own word: a request that comes while it is still preparing might wait for an answer for ever.
      wait: { stdout: /Redeliver is at/ },
      env: {
        HOST: '127.0.0.1',
        PORT: port,
        REDELIVER_DATA: data,
        REDELIVER_CONFIG: join(import.meta.dirname, 'e2e/redeliver.yaml'),
        NODE_ENV: 'production',
      },
      timeout: 120_000,
      stdout: 'pipe',
      stderr: 'pipe',
      gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
    },
  }),
});
