import { createAPI, Writer } from '@platformatic/kafka';

/** By which a member joins a share group (epoch 0) and leaves it (-1): the client of the tests has no share consumer. ShareGroupHeartbeatRequest.json in Kafka's source, version 1; answers the error code. */
export const shareHeartbeat = createAPI<
  [group: string, member: string, epoch: number, topics: readonly string[] | null],
  number
>(
  76,
  1,
  (group, member, epoch, topics) =>
    Writer.create()
      .appendString(group)
      .appendString(member)
      .appendInt32(epoch)
      .appendString(null)
      .appendArray(
        topics === null ? null : [...topics],
        (writer, topic) => void writer.appendString(topic),
        true,
        false,
      )
      .appendTaggedFields(),
  (_id, _key, _version, reader) => {
    reader.readInt32();
    return reader.readInt16();
  },
);
