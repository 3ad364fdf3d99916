/** Bytes that may wait for a client that reads slowly; beyond that, events are left out instead of kept. */
const bufferBytesMax = 64 * 1024;

/**
 * Writes server-sent events until the client is gone; `produce` sends and returns when it has no more to say. `send` answers false where the
 * client is still busy with what it was sent before: the event was left out, and a later one may tell more.
 */
export function eventStream(
  request: Request,
  produce: (send: (event: string, data: unknown) => boolean, signal: AbortSignal) => Promise<void>,
): Response {
  const encoder = new TextEncoder();
  const gone = new AbortController();
  // An abort that came first sends no event any more.
  if (request.signal.aborted) gone.abort();
  request.signal.addEventListener('abort', () => gone.abort(), { once: true });
  const stream = new ReadableStream<Uint8Array>(
    {
      async start(controller) {
        if (gone.signal.aborted) return controller.close();
        const write = (text: string): boolean => {
          if (gone.signal.aborted || (controller.desiredSize ?? 0) <= 0) return false;
          controller.enqueue(encoder.encode(text));
          return true;
        };
        // A comment now and then finds out that nobody listens any more.
        const heartbeat = setInterval(() => write(': still here\n\n'), 15_000);
        try {
          await produce((event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`), gone.signal);
        } catch {
          write('event: failed\ndata: {}\n\n');
        } finally {
          clearInterval(heartbeat);
          if (!gone.signal.aborted) controller.close();
          gone.abort();
        }
      },
      cancel() {
        gone.abort();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: bufferBytesMax }),
  );
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}
