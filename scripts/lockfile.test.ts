import { expect, test } from 'vitest';
import { missingEntries } from '#scripts/lockfile.ts';

test('a binary for another system that the lockfile lacks is added with its exact version', () => {
  const packages = {
    '': {},
    'node_modules/@swc/core': {
      dev: true,
      optionalDependencies: { '@swc/core-darwin-arm64': '1.16.22', '@swc/core-linux-x64-gnu': '1.16.22' },
    },
    'node_modules/@swc/core-linux-x64-gnu': {},
  };
  expect(missingEntries({ packages })).toEqual({
    'node_modules/@swc/core-darwin-arm64': {
      version: '1.16.22',
      cpu: ['arm64'],
      dev: true,
      optional: true,
      os: ['darwin'],
    },
  });
});

test('a package that lies beside or below the one that asks for it is not missing', () => {
  const packages = {
    'node_modules/a': { optionalDependencies: { b: '1.0.0', c: '1.0.0' } },
    'node_modules/a/node_modules/b': {},
    'node_modules/c': {},
  };
  expect(missingEntries({ packages })).toEqual({});
});
