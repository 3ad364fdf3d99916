import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildIsStale, installIsStale, rememberBuild, sourceHash } from '#scripts/staleness.mjs';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'redeliver-staleness-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, content: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
}

function aLockfile(packages: Record<string, object>): void {
  write('package-lock.json', JSON.stringify({ packages: { '': { name: 'redeliver' }, ...packages } }));
}

function anInstallation(packages: Record<string, object>): void {
  write('node_modules/.package-lock.json', JSON.stringify({ packages }));
}

const zod = { 'node_modules/zod': { version: '4.6.7', integrity: 'sha512-a' } };
const forMac = { 'node_modules/fsevents': { version: '2.3.3', integrity: 'sha512-b', optional: true } };

test('a fresh clone has to be installed', () => {
  aLockfile(zod);
  expect(installIsStale(root)).toBe(true);
});

test('an installation that fits the lockfile is kept, without what belongs to other systems', () => {
  aLockfile({ ...zod, ...forMac });
  anInstallation(zod);
  expect(installIsStale(root)).toBe(false);
});

test('another version, another content, a package too few or too many make an installation stale', () => {
  aLockfile(zod);
  anInstallation({ 'node_modules/zod': { version: '4.6.6', integrity: 'sha512-a' } });
  expect(installIsStale(root)).toBe(true);
  anInstallation({ 'node_modules/zod': { version: '4.6.7', integrity: 'sha512-z' } });
  expect(installIsStale(root)).toBe(true);
  anInstallation({});
  expect(installIsStale(root)).toBe(true);
  anInstallation({ ...zod, ...forMac, 'node_modules/left-over': { version: '1.0.0' } });
  expect(installIsStale(root)).toBe(true);
});

test('a build is stale until it was made, and again when something that it reads has changed', () => {
  write('app/page.tsx', 'export default () => null;');
  expect(buildIsStale(root)).toBe(true);
  write('.next/BUILD_ID', 'abc');
  rememberBuild(root, sourceHash(root));
  expect(buildIsStale(root)).toBe(false);
  write('lib/domain/queue.ts', 'export {};');
  expect(buildIsStale(root)).toBe(true);
});

test('an edit during the build leaves the build stale', () => {
  write('app/page.tsx', 'before');
  const hash = sourceHash(root);
  write('.next/BUILD_ID', 'abc');
  write('app/page.tsx', 'after');
  rememberBuild(root, hash);
  expect(buildIsStale(root)).toBe(true);
});

test('tests, the sandbox and documents cost no build', () => {
  write('app/page.tsx', 'x');
  const hash = sourceHash(root);
  write('lib/filter/parse.test.ts', 'x');
  write('server/sandbox/sandbox.ts', 'x');
  write('docs/architecture.md', 'x');
  write('README.md', 'x');
  expect(sourceHash(root)).toBe(hash);
});

test('a renamed file changes the hash', () => {
  write('app/a.tsx', 'x');
  const hash = sourceHash(root);
  rmSync(join(root, 'app/a.tsx'));
  write('app/b.tsx', 'x');
  expect(sourceHash(root)).not.toBe(hash);
});
