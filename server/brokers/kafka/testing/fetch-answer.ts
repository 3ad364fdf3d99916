import { Writer } from '@platformatic/kafka';
import type { FetchAnswer } from '#server/brokers/kafka/fetch-api.ts';

/** The broker's side of `readFetchAnswer` (FetchResponse.json, version 17). */
export function writeFetchAnswer(answer: FetchAnswer, topicId: string): Writer {
  return Writer.create()
    .appendInt32(0)
    .appendInt16(answer.errorCode)
    .appendInt32(0)
    .appendArray([[...answer.partitions]], (topic, partitions) => {
      topic.appendUUID(topicId).appendArray(partitions, (w, each) => {
        w.appendInt32(each.partition)
          .appendInt16(each.errorCode)
          .appendInt64(each.highWatermark)
          .appendInt64(each.lastStableOffset)
          .appendInt64(each.logStartOffset)
          .appendArray([...each.aborted], (entry, { producerId, firstOffset }) => {
            entry.appendInt64(producerId).appendInt64(firstOffset);
          })
          .appendInt32(-1)
          .appendUnsignedVarInt(each.records.length + 1)
          .append(each.records);
      });
    })
    .appendTaggedFields();
}
