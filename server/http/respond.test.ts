import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseBody } from '#server/http/respond.ts';

describe('a body', () => {
  it('that names no length is refused as soon as it is too large, and read no further', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(256 * 1024));
      },
    });
    const init = { method: 'POST', body: endless, duplex: 'half' };
    const request = new Request('http://127.0.0.1:3000/', init);
    await expect(parseBody(request, z.object({}))).rejects.toMatchObject({ code: 'too_large' });
    expect(sent).toBeLessThan(20);
  });

  it('that is absent is an empty object', async () => {
    const request = new Request('http://127.0.0.1:3000/', { method: 'POST' });
    expect(await parseBody(request, z.strictObject({}))).toEqual({});
  });
});
