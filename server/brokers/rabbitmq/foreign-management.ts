import { z } from 'zod';

const queueArguments = z.object({ arguments: z.record(z.string(), z.unknown()) });
const overview = z.object({ rabbitmq_version: z.string() });

export async function hasDeliveryLimit(managementUrl: string, queue: string): Promise<boolean> {
  const answer = await askManagement(managementUrl, `/queues/%2F/${encodeURIComponent(queue)}?columns=arguments`);
  const limit = queueArguments.parse(answer).arguments['x-delivery-limit'];
  return typeof limit === 'number' && limit >= 0;
}

const queuePolicy = z.object({ policy: z.string().nullish() });

export async function policyOf(managementUrl: string, queue: string): Promise<string | null> {
  const answer = await askManagement(managementUrl, `/queues/%2F/${encodeURIComponent(queue)}`);
  return queuePolicy.parse(answer).policy ?? null;
}

export async function serverVersion(managementUrl: string): Promise<string> {
  return overview.parse(await askManagement(managementUrl, '/overview')).rabbitmq_version;
}

/** The body as JSON; a path that is not there may be deleted. */
export async function askManagement(managementUrl: string, path: string, init: RequestInit = {}): Promise<unknown> {
  const { origin, username, password } = new URL(managementUrl);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(`${origin}/api${path}`, {
    ...init,
    headers: { authorization, 'content-type': 'application/json' },
  });
  const text = await response.text();
  if (!response.ok && init.method !== 'DELETE')
    throw new Error(`The management API answered ${response.status} for ${path}.`);
  return text === '' ? null : JSON.parse(text);
}
