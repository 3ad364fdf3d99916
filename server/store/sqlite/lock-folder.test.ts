import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lockFolder } from '#server/store/sqlite/lock-folder.ts';

describe('the lock on a data folder', () => {
  test('one process has the folder, and its death, however sudden, gives it to the next', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'redeliver-lock-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const child = spawn(process.execPath, [join(import.meta.dirname, '../testing/lock-child.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');

    expect(() => lockFolder(folder)).toThrow(/^Another Redeliver works on the data folder .* REDELIVER_DATA=/);
    child.kill('SIGKILL');
    await ended;
    const mine = lockFolder(folder);
    mine.release();
    lockFolder(folder).release();
  });
});
