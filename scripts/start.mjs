/** `npm start`: installs what is missing, builds once, and serves the console. `npm run dev` skips the build. */
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { becomeNode, endWithNpm, ensureInstalled, fail, findNode24, refuseOldNode, root } from './bootstrap.mjs';
import { buildIsStale, rememberBuild, sourceHash } from './staleness.mjs';

refuseOldNode();
endWithNpm();
const args = process.argv.slice(2);
const say = (line) => console.log(line);

// Asked first: whoever has to choose another port should not wait for an installation before they are told.
await refuseTakenPort(process.env.HOST || '127.0.0.1', portOf(process.env.PORT || '3000'));
ensureInstalled(say);
const node = findNode24(say);
if (!args.includes('--dev')) build();
becomeNode(node, ['server/main.ts', ...args]);

function build() {
  const hash = sourceHash(root);
  if (!buildIsStale(root, hash)) return;
  say('Building (once, and again when the sources change)');
  const next = join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  const { status, stdout, stderr } = spawnSync(node, [next, 'build'], {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) fail(`The build failed.\n${stdout}\n${stderr}`);
  rememberBuild(root, hash);
}

function portOf(text) {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    fail(`PORT is ${JSON.stringify(text)}, which is no port. Write a number from 0 to 65535: PORT=3000 npm start`);
  }
  return port;
}

async function refuseTakenPort(host, port) {
  const error = await new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
  if (error?.code === 'EADDRINUSE') {
    fail(
      `Port ${port} on ${host} is taken, perhaps by a Redeliver that runs already. Choose another one: PORT=${port + 1} npm start`,
    );
  }
  if (error) fail(`Redeliver cannot listen on ${host}:${port}: ${error.message}`);
}
