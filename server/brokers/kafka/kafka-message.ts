import { AppError } from '#lib/domain/errors.ts';
import type { Header, RawDeadLetter, RawMessage } from '#lib/domain/message.ts';
import type { KafkaRecord } from '#server/brokers/kafka/record-batch.ts';
import type { OutgoingRecord } from '#server/brokers/kafka/record-batch-writer.ts';

const createTime: Header = { name: 'timestamp-type', value: { kind: 'text', text: 'CreateTime' } };
const logAppendTime: Header = { name: 'timestamp-type', value: { kind: 'text', text: 'LogAppendTime' } };

/**
 * Makes dead letters of one partition's records. Their bytes stay views of what the records were read from. Offsets begin again where a topic was
 * deleted and made anew: an identity also tells of which topic it is.
 */
export function deadLetterOf(partition: number, topicId: string): (record: KafkaRecord) => RawDeadLetter {
  const lane = String(partition);
  const suffix = identitySuffix(topicId);
  const partitionHeader: Header = { name: 'partition', value: { kind: 'integer', text: lane } };
  return (record) => {
    const offset = String(record.offset);
    const position = `${lane}:${offset}`;
    return {
      identity: `${position}${suffix}`,
      position,
      lane,
      sequence: offset,
      brokerAt: record.timestamp < 0 ? null : record.timestamp,
      key: record.key,
      body: record.value,
      headers: record.headers,
      properties: [
        partitionHeader,
        { name: 'offset', value: { kind: 'integer', text: offset } },
        { name: 'timestamp', value: { kind: 'timestamp', text: String(record.timestamp), unit: 'ms' } },
        record.logAppendTime ? logAppendTime : createTime,
      ],
    };
  };
}

/** What the identities of this topic end with: the beginning of its id as Kafka's own tools print it. */
export function identitySuffix(topicId: string): string {
  return `@${Buffer.from(topicId.replaceAll('-', ''), 'hex').toString('base64url').slice(0, 8)}`;
}

/** `partition:offset`. Throws `invalid_request`. */
export function parsePosition(position: string): { partition: number; offset: number } {
  const match = /^(\d{1,10}):(\d{1,16})$/.exec(position);
  if (!match)
    throw new AppError('invalid_request', 'A position on Kafka has the form partition:offset.', {
      details: { field: 'position' },
    });
  return { partition: Number(match[1]), offset: Number(match[2]) };
}

/**
 * The record to send. The properties of a message that was read do not count for its time, or retention could delete a replayed message the moment
 * it arrives: whoever wants that says so. Throws `unencodable`: Kafka's header values are bytes or null, and a number or a table
 * could not be told from its text by whoever reads it.
 */
export function outgoingRecord(message: RawMessage, topic: string, timestamp: number): OutgoingRecord {
  return {
    key: message.key,
    value: message.body,
    headers: message.headers.map((header) => [nameBytes(header), headerBytes(header, topic)] as const),
    timestamp,
  };
}

/** Names repeat from message to message, and are few and short; a stranger may make up others. */
const known = new Map<string, Uint8Array>();
const knownMax = 1_000;
const shortName = 100;

function nameBytes({ name, nameIsLatin1 }: Header): Uint8Array {
  if (nameIsLatin1) return Buffer.from(name, 'latin1');
  if (name.length > shortName) return Buffer.from(name, 'utf8');
  const before = known.get(name);
  if (before) return before;
  const bytes = Buffer.from(name, 'utf8');
  if (known.size >= knownMax) known.clear();
  known.set(name, bytes);
  return bytes;
}

function headerBytes({ name, value }: Header, topic: string): Uint8Array | null {
  switch (value.kind) {
    case 'null':
      return null;
    case 'bytes':
      return value.bytes;
    case 'text':
      return Buffer.from(value.text, 'utf8');
    case 'integer':
    case 'number':
    case 'decimal':
    case 'boolean':
    case 'timestamp':
    case 'table':
    case 'list':
      throw new AppError(
        'unencodable',
        `Topic ${topic} can carry bytes in headers only, and a header of this message is of kind ${value.kind}. Send it as text.`,
        { details: { topic, header: name, kind: value.kind } },
      );
  }
}
