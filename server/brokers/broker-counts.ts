import type { AppError, ErrorCode } from '#lib/domain/errors.ts';
import type { RawMessage, Header, HeaderValue } from '#lib/domain/message.ts';
import type { PublishOutcome, RemoveOutcome } from '#server/brokers/driver.ts';

/** What one broker was used for, since it was made. Bytes are those of keys, bodies and headers. */
export interface BrokerCounts {
  readonly calls: number;
  readonly retries: number;
  readonly errors: Readonly<Partial<Record<ErrorCode, number>>>;
  readonly messagesRead: number;
  readonly bytesRead: number;
  readonly published: Readonly<Record<PublishOutcome['kind'], number>>;
  readonly removed: Readonly<Record<RemoveOutcome['kind'], number>>;
}

export interface BrokerCounter {
  called(): void;
  retried(): void;
  /** Counts the error and hands it back to be thrown. */
  counted(error: AppError): AppError;
  /** Answers the bytes of these messages. */
  read(messages: readonly RawMessage[]): number;
  published(outcomes: readonly PublishOutcome[]): void;
  removed(outcomes: readonly RemoveOutcome[]): void;
  counts(): BrokerCounts;
}

export function createBrokerCounter(): BrokerCounter {
  const numbers = { calls: 0, retries: 0, messagesRead: 0, bytesRead: 0 };
  const errors: Partial<Record<ErrorCode, number>> = {};
  const published = { sent: 0, failed: 0, unknown: 0 };
  const removed = { removed: 0, failed: 0, unknown: 0 };
  return {
    called() {
      numbers.calls += 1;
    },
    retried() {
      numbers.retries += 1;
    },
    counted(error) {
      errors[error.code] = (errors[error.code] ?? 0) + 1;
      return error;
    },
    read(messages) {
      const bytes = messages.reduce((sum, message) => sum + bytesOf(message), 0);
      numbers.messagesRead += messages.length;
      numbers.bytesRead += bytes;
      return bytes;
    },
    published(outcomes) {
      for (const { kind } of outcomes) published[kind] += 1;
    },
    removed(outcomes) {
      for (const { kind } of outcomes) removed[kind] += 1;
    },
    counts: () => structuredClone({ ...numbers, errors, published, removed }),
  };
}

/** About what the message costs in memory; numbers count as eight bytes, a name by its characters. */
function bytesOf(message: RawMessage): number {
  return (
    (message.key?.length ?? 0) +
    (message.body?.length ?? 0) +
    headersBytes(message.headers) +
    headersBytes(message.properties)
  );
}

function headersBytes(headers: readonly Header[]): number {
  return headers.reduce((sum, header) => sum + header.name.length + valueBytes(header.value), 0);
}

function valueBytes(value: HeaderValue): number {
  switch (value.kind) {
    case 'bytes':
      return value.bytes.length;
    case 'text':
    case 'integer':
    case 'decimal':
    case 'timestamp':
      return value.text.length;
    case 'table':
      return headersBytes(value.entries);
    case 'list':
      return value.items.reduce((sum, item) => sum + valueBytes(item), 0);
    case 'null':
    case 'number':
    case 'boolean':
      return 8;
  }
}
