import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Output } from '#cli/output.ts';
import { fitting, printableLines } from '#cli/print.ts';

/** Standard output for the answer, standard error for all that is said about it. */
export function terminalOutput(): Output {
  const { stdin, stdout, stderr } = process;
  const width = stdout.isTTY ? stdout.columns : Infinity;
  let isLineOpen = false;
  let lastLine = '';

  function endLine(): void {
    if (isLineOpen) stdout.write('\n');
    isLineOpen = false;
  }

  // Whatever ends us, the prompt gets a line of its own.
  process.once('exit', endLine);

  return {
    width,
    write(text) {
      endLine();
      console.log(text);
    },
    async pass(piece) {
      const isTaken = stdout.write(stdout.isTTY ? printableLines(piece) : piece);
      if (!isTaken) await once(stdout, 'drain');
    },
    progress(line) {
      if (line === lastLine) return;
      lastLine = line;
      if (!stdout.isTTY) return console.log(line);
      // To the beginning of the line, and clear it.
      stdout.write(`\r\u001b[2K${fitting(line, width - 1)}`);
      isLineOpen = true;
    },
    note(text) {
      endLine();
      console.error(text);
    },
    ask: stdin.isTTY && stderr.isTTY ? askThere : null,
  };
}

async function askThere(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}
