/** An error as a service writes it into the headers of a dead letter. */
export interface Failure {
  readonly errorClass: string;
  readonly message: string;
  readonly stack: string;
}

export function failureFrom(error: unknown): Failure {
  if (!(error instanceof Error)) return { errorClass: 'Error', message: String(error), stack: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { errorClass: code ?? error.name, message: error.message, stack: asDeployed(error.stack ?? String(error)) };
}

/** The services pretend to run from a container image: their traces must not tell in which folder somebody tries this console. */
function asDeployed(stack: string): string {
  const root = new URL('../../../', import.meta.url);
  return stack
    .replaceAll(root.href, 'file:///app/')
    .replaceAll(root.pathname, '/app/')
    .replaceAll('/app/server/sandbox/', '/app/')
    .split('\n')
    .filter((line) => !backstage.test(line) && !loop.test(line))
    .join('\n');
}

/** Below the service in a trace stands how the sandbox runs it, or wrote its past. */
const backstage = /\/app\/(?:seed\/|[\w-]*(?:shop|thread|once)\.ts)/;

/** The consumer's loop and its client. The past was made without them, and its failures and those of now must be one group. */
const loop =
  /at (?:async )?(?:(?:[\w.]*(?:eachMessage|handle) (?:\[[^\]]*\] )?\()?(?:file:\/\/)?\/app\/services\/|.*\/app\/services\/[\w-]+-client\.ts)/;
