import { readArguments } from '#cli/arguments.ts';
import { runCommand } from '#cli/commands.ts';
import { exitCodes, type ExitCode } from '#cli/exit-codes.ts';
import { help } from '#cli/help.ts';
import { printable } from '#cli/print.ts';
import { terminalOutput } from '#cli/terminal.ts';
import { UsageError } from '#cli/usage-error.ts';
import { AppError } from '#lib/domain/errors.ts';

// Whoever reads us, `head` for one, may have enough before we are done.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
  throw error;
});

process.exitCode = await run();

async function run(): Promise<ExitCode> {
  const output = terminalOutput();
  try {
    const asked = readArguments(process.argv.slice(2), { REDELIVER_URL: process.env['REDELIVER_URL'] });
    if (asked) return await runCommand(asked, output);
    output.write(help);
    return exitCodes.done;
  } catch (error) {
    if (error instanceof UsageError) {
      output.note(`${error.message}\n\nredeliver --help says what is possible.`);
      return exitCodes.usage;
    }
    if (!(error instanceof AppError)) throw error;
    output.note(printable(error.message));
    return exitCodes.refused;
  }
}
