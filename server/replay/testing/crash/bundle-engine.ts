import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';
import { cacheFolder } from '#server/local-brokers/jars.ts';

const repository = join(import.meta.dirname, '../../../..');
const child = 'engine-child';
const entries = {
  [child]: 'server/replay/testing/crash/engine-child.ts',
  'store-thread': 'server/store/sqlite/store-thread.ts',
  'payload-thread': 'server/payload/payload-thread.ts',
};

let bundled: Promise<string> | null = null;

/**
 * The engine's own code in a few files instead of a thousand, and the path of the one to start: most of what a start takes is finding and translating modules,
 * and a matrix starts thousands of engines and their threads.
 */
export function bundleEngine(): Promise<string> {
  return (bundled ??= writeBundle());
}

async function writeBundle(): Promise<string> {
  const { output } = await build({
    cwd: repository,
    input: entries,
    platform: 'node',
    // It reads a file beside itself.
    external: ['@platformatic/wasm-utils'],
    plugins: [{ name: 'threads', transform: (code) => withBundledThreads(code) }],
    output: { format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    write: false,
  });
  const files = output.flatMap((file) => (file.type === 'chunk' ? [file] : []));
  const digest = createHash('sha256');
  for (const { fileName, code } of files) digest.update(`${fileName}\n${code}`);
  const parent = join(cacheFolder, 'crash-engine');
  const folder = join(parent, digest.digest('hex').slice(0, 16));
  if (!existsSync(folder)) {
    await mkdir(parent, { recursive: true });
    const half = await mkdtemp(join(parent, '.writing-'));
    await Promise.all(files.map(({ fileName, code }) => writeFile(join(half, fileName), code)));
    // Another run may have been faster.
    await rename(half, folder).catch(async (error: unknown) => {
      await rm(half, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    });
  }
  return join(folder, `${child}.mjs`);
}

/** Threads are started by the path of their source, beside that of who starts them. */
function withBundledThreads(code: string): string | null {
  return code.includes("-thread.ts', import.meta.url")
    ? code.replaceAll("-thread.ts', import.meta.url", "-thread.mjs', import.meta.url")
    : null;
}
