import { Reader } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { type FetchAnswer, readFetchAnswer } from '#server/brokers/kafka/fetch-api.ts';
import { aRecordBatch } from '#server/brokers/kafka/testing/a-record-batch.ts';
import { writeFetchAnswer } from '#server/brokers/kafka/testing/fetch-answer.ts';

const topicId = '11111111-2222-3333-4444-555555555555';

test('an answer is read with its raw batches, aborted transactions and all three offsets', () => {
  const answer: FetchAnswer = {
    errorCode: 0,
    partitions: [
      {
        partition: 0,
        errorCode: 0,
        highWatermark: 100n,
        lastStableOffset: 90n,
        logStartOffset: 10n,
        aborted: [{ producerId: 5n, firstOffset: 40n }],
        records: aRecordBatch({ baseOffset: 10 }),
      },
      {
        partition: 7,
        errorCode: 1,
        highWatermark: -1n,
        lastStableOffset: -1n,
        logStartOffset: -1n,
        aborted: [],
        records: Buffer.alloc(0),
      },
    ],
  };
  expect(readFetchAnswer(Reader.from(writeFetchAnswer(answer, topicId)))).toEqual(answer);
});
