import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventStream } from '#server/http/event-stream.ts';

const request = (signal?: AbortSignal) => new Request('http://127.0.0.1:3000/', signal ? { signal } : {});

describe('an event stream', () => {
  it('leaves events out while its client does not read, instead of keeping them', async () => {
    const answers: boolean[] = [];
    const more = Promise.withResolvers<void>();
    const response = eventStream(request(), async (send) => {
      for (let event = 0; event < 1_000; event += 1) answers.push(send('change', 'x'.repeat(1_000)));
      await more.promise;
      answers.push(send('change', 'last'));
    });
    await turn();
    const kept = answers.filter(Boolean).length;
    expect(kept).toBeGreaterThan(10);
    expect(kept).toBeLessThan(100);

    const reader = response.body?.getReader();
    for (let event = 0; event < kept; event += 1) await reader?.read();
    more.resolve();
    const { value } = (await reader?.read()) ?? {};
    expect(new TextDecoder().decode(value)).toBe('event: change\ndata: "last"\n\n');
    expect(answers.at(-1)).toBe(true);
  });

  it('is never begun for a client that is gone already', async () => {
    let begun = false;
    const response = eventStream(request(AbortSignal.abort()), async () => {
      begun = true;
    });
    expect(await response.text()).toBe('');
    expect(begun).toBe(false);
  });
});
