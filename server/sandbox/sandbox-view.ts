import type { SandboxState as SandboxView } from '#lib/api/sandbox.ts';
import type { SandboxState } from '#server/sandbox/sandbox-contract.ts';

/** The sandbox as the wire has it. */
export function toSandboxView(state: SandboxState): SandboxView {
  return {
    services: state.services.map((service) => ({
      id: service.id,
      name: service.name,
      connection: service.connection,
      source: service.queue,
      deadLetterQueue: service.deadLetterQueue,
      problem: service.problem,
      mend: service.mend,
      errorText: service.errorText,
      mended: service.mended,
      running: service.running,
      processed: service.processed,
      failed: service.failed,
    })),
  };
}
