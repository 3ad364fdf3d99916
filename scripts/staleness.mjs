/**
 * What tells whether `node_modules` and `.next` still fit the sources. Plain JavaScript without dependencies, because
 * it runs before anything is installed and under the Node that happens to be on PATH (18 or newer).
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const buildInputs = ['app', 'components', 'lib', 'server', 'public'];
const buildFiles = /^(next\.config|postcss\.config|tsconfig|package|package-lock|instrumentation|proxy)(\.|$)/;
/** These never end in the bundle, and a change of them must not cost a build. */
const notBuilt = new Set(['local-brokers', 'sandbox', 'testing', 'node_modules']);
const marker = 'redeliver-build.json';

/**
 * npm notes in `node_modules/.package-lock.json` what it installed. Comparing that with the lockfile sees hand-made
 * installs too, which a marker of our own would not.
 */
export function installIsStale(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !installed) return true;
  for (const [path, entry] of Object.entries(installed)) {
    if (wanted[path]?.version !== entry.version || wanted[path]?.integrity !== entry.integrity) return true;
  }
  for (const [path, entry] of Object.entries(wanted)) {
    // The first entry is the project itself; optional packages are for other systems.
    if (path !== '' && !entry.optional && !installed[path]) return true;
  }
  return false;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** The content of everything that `next build` reads; times would change with every checkout. */
export function sourceHash(root) {
  const hash = createHash('sha256');
  const add = (path) =>
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  const walk = (folder) => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && !notBuilt.has(entry.name)) walk(path);
      else if (entry.isFile() && !/\.test\.tsx?$/.test(entry.name)) add(path);
    }
  };
  for (const folder of buildInputs) if (existsSync(join(root, folder))) walk(folder);
  for (const name of readdirSync(root).sort()) if (buildFiles.test(name) && !name.endsWith('.tsbuildinfo')) add(name);
  return hash.digest('hex');
}

/** Whether the production build is missing or was made from other sources. */
export function buildIsStale(root, hash = sourceHash(root)) {
  if (!existsSync(join(root, '.next', 'BUILD_ID'))) return true;
  try {
    return JSON.parse(readFileSync(join(root, '.next', marker), 'utf8')).sources !== hash;
  } catch {
    return true;
  }
}

/** Call it after a successful build, with the hash taken before: what was edited meanwhile must count as newer. */
export function rememberBuild(root, hash) {
  writeFileSync(join(root, '.next', marker), `${JSON.stringify({ sources: hash })}\n`);
}
