import {
  connect,
  type Channel,
  type ChannelModel,
  type ConfirmChannel,
  type Options,
  type SocketOptions,
} from 'amqplib';
import { AppError } from '#lib/domain/errors.ts';

/**
 * An amqplib connection that hands out and takes message properties without loss. amqplib decodes header tables with one
 * function for the whole process; others in this process use it too, so only this connection's frames are read and written here.
 * It relies on members of amqplib 2.3.1 that its types do not show; `internalsOf` fails at once where they are missing.
 */
export interface LosslessConnection {
  readonly model: ChannelModel;
  /** The largest frame in bytes that both sides agreed on; a content header has to fit in one. */
  readonly frameMax: number;
  /**
   * Writes messages as `basic.publish` with `mandatory`, all of them at once: a write to the socket costs as much as putting a message together. The delivery
   * tag of each is the count of those written on the channel, from 1.
   */
  publish(channel: ConfirmChannel, messages: readonly EncodedMessage[]): void;
  /** Whether the server reads nothing from this connection, because of an alarm of its memory or disk. */
  isBlocked(): boolean;
  /** Cuts the connection without asking the server, which may no longer answer. */
  drop(): void;
}

/** A message that is ready for the wire. */
export interface EncodedMessage {
  /** Short strings with their length byte. */
  readonly exchange: Buffer;
  readonly routingKey: Buffer;
  /** From `encodeContentHeader`. */
  readonly contentHeader: Buffer;
  readonly body: Uint8Array;
}

/** What a delivery and a returned message carry on such a connection, in place of amqplib's own idea of properties: see `decodeContentHeader`. */
export function contentHeaderBytesOf(message: { readonly properties: unknown }): Buffer {
  const { properties } = message;
  if (properties instanceof UndecodedHeader) return properties.bytes;
  throw new AppError('internal', 'A RabbitMQ message came past the lossless decoder. Report this as a defect.');
}

export async function connectLossless(options: Options.Connect, socket: SocketOptions): Promise<LosslessConnection> {
  const model = await connect(options, socket);
  const connection = internalsOf(model.connection);
  readLosslessly(connection);
  let blocked = false;
  model.on('blocked', () => void (blocked = true));
  model.on('unblocked', () => void (blocked = false));
  return {
    model,
    isBlocked: () => blocked,
    frameMax: connection.frameMax,
    publish(channel, messages) {
      const number = channelNumber(channel);
      const buffer = connection.channels[number]?.buffer;
      if (buffer === undefined) throw new AppError('interrupted', 'The channel to RabbitMQ is closed. Try again.');
      connection.sentSinceLastCheck = true;
      buffer.write(framesOf(messages, number, connection.frameMax));
    },
    drop() {
      // amqplib takes note of errors and ends of the socket, not of its destruction alone.
      connection.stream.destroy(new Error('The connection was dropped.'));
    },
  };
}

class UndecodedHeader {
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

const frameType = { method: 1, header: 2, body: 3 } as const;
const frameHeaderBytes = 7;
/** Its header and its end mark. */
const frameOverhead = frameHeaderBytes + 1;
const frameEnd = 0xce;
const basicClass = 60;
const basicPublish = 40;
const mandatory = 1;
const reserved = 0;

interface Frame {
  readonly type: number;
  readonly channel: number;
  readonly bytes: Buffer;
  readonly payload: Buffer;
}

/** Replaces how this one connection takes frames from its socket; methods and heartbeats still go through amqplib's decoder. */
function readLosslessly(connection: AmqplibConnection): void {
  const decodeByAmqplib = connection.recvFrame.bind(connection);
  let received = connection.rest;
  connection.rest = Buffer.alloc(0);

  connection.recvFrame = () => {
    for (;;) {
      const frame = firstFrame(received, connection.maxFrameSize);
      if (frame === null) {
        const chunk: unknown = connection.stream.read();
        if (!Buffer.isBuffer(chunk)) return false;
        connection.recvSinceLastCheck = true;
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        continue;
      }
      received = received.subarray(frame.bytes.length);
      switch (frame.type) {
        case frameType.header:
          return {
            id: basicClass,
            channel: frame.channel,
            size: Number(frame.payload.readBigUInt64BE(4)),
            // A copy: as a part of what the socket handed out it would keep all of that.
            fields: new UndecodedHeader(Buffer.from(frame.payload.subarray(12))),
          };
        case frameType.body:
          return { channel: frame.channel, content: frame.payload };
        default:
          connection.rest = frame.bytes;
          return decodeByAmqplib();
      }
    }
  };
}

function firstFrame(bytes: Buffer, sizeMax: number): Frame | null {
  if (bytes.length < frameHeaderBytes) return null;
  const size = bytes.readUInt32BE(3);
  if (sizeMax > 0 && size > sizeMax) throw new RangeError('RabbitMQ sent a frame over the agreed size.');
  const end = frameHeaderBytes + size + 1;
  if (bytes.length < end) return null;
  if (bytes.readUInt8(end - 1) !== frameEnd) throw new RangeError('RabbitMQ sent a frame without its end mark.');
  return {
    type: bytes.readUInt8(0),
    channel: bytes.readUInt16BE(1),
    bytes: bytes.subarray(0, end),
    payload: bytes.subarray(frameHeaderBytes, end - 1),
  };
}

/** Of each message a method frame, a header frame and as many body frames as it takes, in one buffer. */
function framesOf(messages: readonly EncodedMessage[], channel: number, frameMax: number): Buffer {
  const bodyMax = frameMax - frameOverhead;
  const frames = Buffer.allocUnsafe(messages.reduce((sum, message) => sum + framesBytes(message, bodyMax), 0));
  let at = 0;
  const open = (type: number, size: number): void => {
    at = frames.writeUInt8(type, at);
    at = frames.writeUInt16BE(channel, at);
    at = frames.writeUInt32BE(size, at);
  };
  const put = (bytes: Uint8Array): void => {
    frames.set(bytes, at);
    at += bytes.length;
  };
  const close = (): void => void (at = frames.writeUInt8(frameEnd, at));

  for (const message of messages) {
    const { exchange, routingKey, contentHeader, body } = message;
    open(frameType.method, methodBytes(message));
    at = frames.writeUInt16BE(basicClass, at);
    at = frames.writeUInt16BE(basicPublish, at);
    at = frames.writeUInt16BE(reserved, at);
    put(exchange);
    put(routingKey);
    at = frames.writeUInt8(mandatory, at);
    close();
    open(frameType.header, 12 + contentHeader.length);
    at = frames.writeUInt16BE(basicClass, at);
    at = frames.writeUInt16BE(reserved, at);
    at = frames.writeBigUInt64BE(BigInt(body.length), at);
    put(contentHeader);
    close();
    for (let offset = 0; offset < body.length; offset += bodyMax) {
      const part = body.subarray(offset, offset + bodyMax);
      open(frameType.body, part.length);
      put(part);
      close();
    }
  }
  return frames;
}

function framesBytes(message: EncodedMessage, bodyMax: number): number {
  const { contentHeader, body } = message;
  const bodyFrames = Math.ceil(body.length / bodyMax);
  return (
    frameOverhead +
    methodBytes(message) +
    contentHeaderFrameBytes(contentHeader) +
    bodyFrames * frameOverhead +
    body.length
  );
}

function methodBytes({ exchange, routingKey }: EncodedMessage): number {
  return 6 + exchange.length + routingKey.length + 1;
}

/** How many bytes a content header of this length takes as a frame. */
export function contentHeaderFrameBytes(contentHeader: Buffer): number {
  return frameOverhead + 12 + contentHeader.length;
}

interface AmqplibConnection {
  rest: Buffer;
  recvSinceLastCheck: boolean;
  sentSinceLastCheck: boolean;
  recvFrame: () => unknown;
  readonly frameMax: number;
  readonly maxFrameSize: number;
  readonly stream: { read(): unknown; destroy(error: Error): void };
  readonly channels: readonly ({ readonly buffer: { write(bytes: Buffer): boolean } } | null | undefined)[];
}

function internalsOf(connection: object): AmqplibConnection {
  if (isAmqplibConnection(connection)) return connection;
  throw new AppError(
    'internal',
    'This amqplib is not the one that Redeliver was written for. Install the pinned version.',
  );
}

function isAmqplibConnection(connection: object): connection is AmqplibConnection {
  return (
    'rest' in connection &&
    Buffer.isBuffer(connection.rest) &&
    'recvFrame' in connection &&
    typeof connection.recvFrame === 'function' &&
    'frameMax' in connection &&
    typeof connection.frameMax === 'number' &&
    'maxFrameSize' in connection &&
    typeof connection.maxFrameSize === 'number' &&
    'recvSinceLastCheck' in connection &&
    'sentSinceLastCheck' in connection &&
    'stream' in connection &&
    'channels' in connection &&
    Array.isArray(connection.channels)
  );
}

function channelNumber(channel: Channel): number {
  if ('ch' in channel && typeof channel.ch === 'number') return channel.ch;
  throw new AppError(
    'internal',
    'This amqplib is not the one that Redeliver was written for. Install the pinned version.',
  );
}
