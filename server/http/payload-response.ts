import type { Runtime } from '#server/http/runtime.ts';
import { readPayloadBytes } from '#server/queries/message.ts';

/** The body as a download: never shown by the browser, whatever it holds. `masked` where rules apply to it and it cannot be masked. */
export async function payloadResponse(runtime: Runtime, messageId: string): Promise<Response> {
  const bytes = await readPayloadBytes(runtime, messageId);
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${messageId.replace(/[^\w-]/g, '_')}.bin"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}
