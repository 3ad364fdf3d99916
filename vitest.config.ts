import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Outside of the bundle `server-only` throws on purpose. The condition `react-server` would silence it, but also
    // swap React itself.
    alias: { 'server-only': join(import.meta.dirname, 'node_modules/server-only/empty.js') },
  },
  test: {
    include: ['{app,components,lib,server,scripts}/**/*.test.{ts,tsx}'],
    // Processes, not threads: the drivers, SQLite and the workers under test are met as they are in production.
    pool: 'forks',
    // Files run side by side, the tests of a file one after the other: each conformance suite has its broker to itself.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 90_000,
    env: developmentBrokers(),
  },
});

/**
 * `npm test` hands over the brokers that it started; a developer who runs Vitest alone gets the set of
 * `scripts/brokers.ts up`.
 */
function developmentBrokers(): Record<string, string> {
  const file = join(import.meta.dirname, '.cache/brokers/env.json');
  const given = Object.keys(process.env).some((name) => name.startsWith('TEST_'));
  if (given || !existsSync(file)) return {};
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
}
