/** Writes server-sent events until the client is gone; `produce` sends and returns when it has no more to say. */
export function eventStream(
  request: Request,
  produce: (send: (event: string, data: unknown) => void, signal: AbortSignal) => Promise<void>,
): Response {
  const encoder = new TextEncoder();
  const gone = new AbortController();
  request.signal.addEventListener('abort', () => gone.abort(), { once: true });
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const write = (text: string) => {
        if (!gone.signal.aborted) controller.enqueue(encoder.encode(text));
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
  });
  return new Response(stream, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' },
  });
}
