import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process of its own that starts the sandbox in a folder, to be killed; answers when all brokers run. */
export async function startSandboxProcess(folder: string): Promise<{ state: unknown; kill(): Promise<void> }> {
  const script = `
    const { startSandbox } = await import(${JSON.stringify(new URL('../sandbox.ts', import.meta.url).href)});
    // Its end of the pipe closes with the test's process, whatever becomes of that.
    process.stdin.resume().on('end', () => process.exit());
    const sandbox = await startSandbox({ folder: ${JSON.stringify(folder)}, log() {} });
    sandbox.onChange((state) => {
      if (state.connections.every((connection) => connection.state === 'running')) console.log(JSON.stringify(state));
    });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    state: JSON.parse(String(line)),
    async kill() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
