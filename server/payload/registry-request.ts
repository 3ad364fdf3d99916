import { Agent, get } from 'node:https';
import { Readable } from 'node:stream';

/** `fetch`, as far as it is needed: nothing is sent, and no redirect followed. */
export type RegistryRequest = (
  url: string,
  options: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal },
) => Promise<Response>;

/** Over TLS where the registry's certificate is one of this authority; the usual ones count no longer then. */
export function requestsBy(ca: string | undefined): RegistryRequest {
  // A redirect could carry the password somewhere else.
  if (ca === undefined) return (url, options) => fetch(url, { ...options, redirect: 'error' });
  const agent = new Agent({ ca, keepAlive: true });
  return (url, { headers, signal }) =>
    new Promise((resolve, reject) => {
      const request = get(url, { agent, headers, signal }, (answer) => {
        const status = answer.statusCode ?? 0;
        if (status >= 200 && status !== 204 && status !== 205 && status !== 304 && status < 600)
          return resolve(new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status }));
        answer.resume();
        resolve(new Response(null, { status: 502 }));
      });
      request.on('error', reject);
    });
}
