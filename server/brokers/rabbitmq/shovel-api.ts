import { z } from 'zod';
import { AppError } from '#lib/domain/errors.ts';
import { createManagementRequest, type ManagementRequest } from '#server/brokers/rabbitmq/management-request.ts';
import { managementError } from '#server/brokers/rabbitmq/rabbitmq-errors.ts';
import type { Endpoint } from '#server/brokers/rabbitmq/rabbitmq-settings.ts';

/** RabbitMQ's shovels of one virtual host, by the management API: the only thing that is written there. */
export interface ShovelApi {
  list(signal: AbortSignal): Promise<ShovelListing>;
  /** A shovel that takes away what waits in the queue now, and then itself. `forbidden`, `rejected`. */
  begin(name: string, from: string, to: string, signal: AbortSignal): Promise<void>;
  /** False where there was none. */
  end(name: string, signal: AbortSignal): Promise<boolean>;
}

export type ShovelListing =
  | { readonly kind: 'shovels'; readonly shovels: readonly Shovel[] }
  /** The plugins `rabbitmq_shovel` and `rabbitmq_shovel_management` are not both enabled. */
  | { readonly kind: 'no plugin' }
  /** The user has not both of the tags `monitoring` and `policymaker`. */
  | { readonly kind: 'not permitted' };

export interface Shovel {
  readonly name: string;
  /** `null` where RabbitMQ tells nothing of it yet. RabbitMQ starts a terminated one again every few seconds. */
  readonly state: 'starting' | 'running' | 'terminated' | null;
  /** Why it was terminated, in RabbitMQ's words. */
  readonly reason: string | null;
  /** Publishers are blocked by an alarm (told by 4.x). */
  readonly isBlocked: boolean;
}

/** What is in the air when a broker ends may be there twice: as few as a replay's batch. Measured: 1,000 are no faster. */
export const shovelPrefetch = 100;

const parameters = z.array(z.object({ name: z.string() }));
const statuses = z.array(
  z.object({
    name: z.string(),
    state: z.enum(['starting', 'running', 'terminated']).nullish().catch(null),
    reason: z.string().nullish().catch(null),
    blocked_status: z.string().nullish().catch(null),
  }),
);

/** `null` where the connection has no management URL. */
export function createShovelApi(endpoint: Endpoint): ShovelApi | null {
  const request = createManagementRequest(endpoint);
  return request === null ? null : shovelsBy(request, endpoint);
}

function shovelsBy(request: ManagementRequest, { label, vhost }: Endpoint): ShovelApi {
  const host = encodeURIComponent(vhost);
  // Without a name the node connects to itself, as nobody: no password is put into a parameter, which others may read.
  const local = `amqp:///${host}`;
  const pathOf = (name: string): string => `/parameters/shovel/${host}/${encodeURIComponent(name)}`;

  return {
    async list(signal) {
      const [state, defined] = await Promise.all([
        request('GET', `/shovels/${host}`, signal),
        request('GET', `/parameters/shovel/${host}`, signal),
      ]);
      // 3.10 and 4.0 answer 400 for a path that no plugin serves.
      if ([400, 404, 405].includes(state.status)) return { kind: 'no plugin' };
      if ([state.status, defined.status].some((status) => status === 401 || status === 403))
        return { kind: 'not permitted' };
      const refused = [state, defined].find(({ body }) => body === undefined);
      if (refused !== undefined) throw managementError(refused.status, { label, subject: 'its shovels' });
      const told = statuses.safeParse(state.body);
      const names = parameters.safeParse(defined.body);
      if (!told.success || !names.success)
        throw new AppError(
          'unsupported',
          `${label} tells of its shovels in an unknown form. Look at them in RabbitMQ.`,
        );
      const byName = new Map(told.data.map((status) => [status.name, status]));
      // 4.0 goes on telling of shovels that were deleted: what is not defined is not there.
      const shovels = names.data.map(({ name }): Shovel => {
        const status = byName.get(name);
        return {
          name,
          state: status?.state ?? null,
          reason: status?.reason ?? null,
          isBlocked: status?.blocked_status === 'blocked',
        };
      });
      return { kind: 'shovels', shovels };
    },

    async begin(name, from, to, signal) {
      const value = {
        'src-protocol': 'amqp091',
        'src-uri': local,
        'src-queue': from,
        'src-prefetch-count': shovelPrefetch,
        'src-delete-after': 'queue-length',
        'dest-protocol': 'amqp091',
        'dest-uri': local,
        'dest-queue': to,
        'dest-add-forward-headers': false,
        'ack-mode': 'on-confirm',
      };
      const { status } = await request('PUT', pathOf(name), signal, { value });
      if (status === 201 || status === 204) return;
      if (status === 400)
        throw new AppError(
          'rejected',
          `${label} did not take the shovel of queue "${from}". Nothing was moved; look into the server's log for the reason.`,
        );
      throw managementError(status, { label, subject: `the shovel of queue "${from}"` });
    },

    async end(name, signal) {
      const { status } = await request('DELETE', pathOf(name), signal);
      if (status === 404) return false;
      if (status >= 300) throw managementError(status, { label, subject: 'the shovel' });
      return true;
    },
  };
}
