/** `npm run check`: everything that can be said about the sources without running them. */
import { endAllCommands } from '#scripts/run-command.ts';
import { staticCheck } from '#scripts/static-check.ts';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void endAllCommands().then(() => process.exit(130)));
}

const ok = await staticCheck((line) => process.stdout.write(`${line}\n`));
process.exitCode = ok ? 0 : 1;
