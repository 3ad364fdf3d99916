import { once } from 'node:events';
import { help, readArguments, UsageError } from '#cli/arguments.ts';
import { runCommand } from '#cli/commands.ts';
import { printable, printableLines } from '#cli/print.ts';
import { AppError } from '#lib/domain/errors.ts';

// Whoever reads us, `head` for one, may have enough before we are done.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await run();

/** Answers the exit code: 0, 1 where the console fails, 2 where the command is not right. */
async function run(): Promise<number> {
  try {
    const asked = readArguments(process.argv.slice(2), { REDELIVER_URL: process.env['REDELIVER_URL'] });
    if (!asked) {
      console.log(help);
      return 0;
    }
    await runCommand(asked, {
      write: (text) => console.log(text),
      async pass(piece) {
        const isTaken = process.stdout.write(process.stdout.isTTY ? printableLines(piece) : piece);
        if (!isTaken) await once(process.stdout, 'drain');
      },
      note: (text) => console.error(text),
      width: process.stdout.isTTY ? process.stdout.columns : Infinity,
    });
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\nredeliver --help says what is possible.`);
      return 2;
    }
    if (!(error instanceof AppError)) throw error;
    console.error(printable(error.message));
    return 1;
  }
}
