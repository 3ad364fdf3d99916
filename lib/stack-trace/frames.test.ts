import { describe, expect, it } from 'vitest';
import { readFrames } from '#lib/stack-trace/frames.ts';

const kinds = (trace: string) => readFrames(trace).map((frame) => frame.kind);

describe('the frames of a stack trace', () => {
  it('tell the user’s code from libraries in JavaScript', () => {
    expect(
      kinds(
        'TypeError: x\n    at charge (/app/src/gateway.ts:88:13)\n    at run (/app/node_modules/kafkajs/consumer.js:4:1)\n    at node:internal/process/task_queues:95:5',
      ),
    ).toEqual(['other', 'yours', 'library', 'library']);
  });

  it('and in Java, with causes', () => {
    expect(
      kinds(
        'com.shop.X: y\n\tat com.shop.Ledger.book(Ledger.java:8)\n\tat org.springframework.kafka.Y.z(Y.java:1)\nCaused by: com.shop.Z: q\n\t... 3 more',
      ),
    ).toEqual(['other', 'yours', 'library', 'cause', 'library']);
  });
});
