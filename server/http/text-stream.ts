/**
 * Text that is made while it is taken: the next part is asked for when the client has taken the last, and none after the client is gone. `first`
 * was asked for before, so that what fails until then is still a problem; what fails later breaks the answer off.
 */
export function textStream(
  first: IteratorResult<string, void>,
  parts: AsyncGenerator<string, void, void>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next: IteratorResult<string, void> | null = first;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const { done, value } = next ?? (await parts.next());
        next = null;
        if (done === true) return controller.close();
        // An empty chunk would not be taken for progress.
        if (value !== '') return controller.enqueue(encoder.encode(value));
      }
    },
    async cancel() {
      await parts.return();
    },
  });
}
