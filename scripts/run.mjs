/**
 * `node scripts/run.mjs scripts/some.ts ...`: runs a TypeScript file of the project under Node 24, with everything
 * installed.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { becomeNode, endWithNpm, ensureInstalled, fail, findNode24, refuseOldNode } from './bootstrap.mjs';

refuseOldNode();
endWithNpm();
const [file, ...args] = process.argv.slice(2);
if (!file) fail('Usage: node scripts/run.mjs <file.ts> [arguments]');
// Standard output belongs to the script.
const say = (line) => console.error(line);
ensureInstalled(say);
const node = findNode24(say);
if (node === process.execPath) {
  process.argv = [process.argv[0], resolve(file), ...args];
  await import(pathToFileURL(resolve(file)).href);
} else {
  becomeNode(node, [file, ...args]);
}
