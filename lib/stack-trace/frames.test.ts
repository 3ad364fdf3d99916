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

  it('and in Go, where a place stands in the line after its function', () => {
    expect(
      kinds(
        'panic: x\ngoroutine 1 [running]:\npanic({0x1, 0x2})\n\t/usr/local/go/src/runtime/panic.go:884 +0x212\nmain.run(0x1)\n\t/app/main.go:9 +0x1',
      ),
    ).toEqual(['other', 'other', 'library', 'other', 'yours', 'other']);
  });
});
