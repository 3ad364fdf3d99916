import { readJsonFields } from '#lib/conventions/json-fields.ts';

/** What a body in JSON says that it is a wrapper of. */
export interface Unwrapped {
  /** For the label: `SNS notification`. */
  readonly label: string;
  readonly note: string;
  /** The wrapped payload, where it is inside; `null` where the whole document is what should be shown. */
  readonly inner: Uint8Array | null;
}

export interface EnvelopeReader {
  readonly name: string;
  /** A sentence why the document is none, or what it holds. `bytes` are those that it was parsed from, where they are JSON. */
  read(document: unknown, bytes: Uint8Array): Unwrapped | string;
}

const utf8 = new TextEncoder();
const textMax = 300;

/** SNS without raw delivery: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const sns: EnvelopeReader = {
  name: 'SNS envelope',
  read(document) {
    const fields = objectOf(document);
    const message = fields && textOf(fields, 'Message');
    const topic = fields && textOf(fields, 'TopicArn');
    if (fields?.['Type'] !== 'Notification' || message === undefined || topic === undefined)
      return 'no "Type": "Notification" with TopicArn and Message';
    const subject = textOf(fields, 'Subject');
    const said = [`topic ${topic}`, `MessageId ${textOf(fields, 'MessageId') ?? 'not said'}`];
    if (subject !== undefined) said.push(`subject ${subject}`);
    const attributes = snsAttributes(fields['MessageAttributes']);
    if (attributes !== '') said.push(`attributes ${attributes}`);
    return {
      label: 'SNS notification',
      note: `its Message is shown; ${said.join(', ').slice(0, textMax)}`,
      inner: utf8.encode(message),
    };
  },
};

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
const cloudEvents: EnvelopeReader = {
  name: 'CloudEvents',
  read(document) {
    const fields = objectOf(document);
    const version = fields && textOf(fields, 'specversion');
    const type = fields && textOf(fields, 'type');
    if (!fields || version === undefined || type === undefined || textOf(fields, 'source') === undefined)
      return 'no specversion, type and source';
    const about = `type ${type}, source ${textOf(fields, 'source') ?? ''}`.slice(0, textMax);
    const base64 = textOf(fields, 'data_base64');
    const inner = base64 === undefined ? undefined : bytesOfBase64(base64);
    const text = textOf(fields, 'data');
    // An object in `data` is read where it stands; JSON as a text has to be opened.
    if (text !== undefined && /^\s*[{[]/.test(text))
      return {
        label: `CloudEvents ${version.slice(0, 10)}`,
        note: `its data is shown; ${about}`,
        inner: utf8.encode(text),
      };
    return inner === undefined
      ? { label: `CloudEvents ${version.slice(0, 10)}`, note: `the whole event is shown; ${about}`, inner: null }
      : { label: `CloudEvents ${version.slice(0, 10)}`, note: `its data_base64 is shown; ${about}`, inner };
  },
};

/** The payload that the extended clients left in S3; the class name differs by their version. */
const s3Pointer: EnvelopeReader = {
  name: 'SQS extended client',
  read(document) {
    const [name, pointer]: readonly unknown[] = Array.isArray(document) && document.length === 2 ? document : [];
    const fields = objectOf(pointer);
    const bucket = fields && textOf(fields, 's3BucketName');
    const key = fields && textOf(fields, 's3Key');
    if (typeof name !== 'string' || !name.endsWith('S3Pointer') || bucket === undefined || key === undefined)
      return 'no pointer to a payload in S3';
    return {
      label: 'pointer to S3',
      note: `the payload itself is in S3, bucket ${bucket}, key ${key}`.slice(0, textMax),
      inner: null,
    };
  },
};

/** What consumers write that put the error around the message: see `failure-in-body.ts`. */
const failureWrapper: EnvelopeReader = {
  name: 'wrapper with the error',
  read(document, bytes) {
    const fields = objectOf(document);
    if (!fields || !['original', 'error', 'failedAt'].every((name) => Object.hasOwn(fields, name)))
      return 'no original, error and failedAt';
    const text = textOf(fields, 'original');
    // The letters that were sent, and no second printing of them: numbers keep their digits.
    const json = typeof fields['original'] === 'object' ? readJsonFields(bytes)?.text('original') : undefined;
    const inner = text ?? json;
    return inner === undefined
      ? {
          label: 'wrapped message',
          note: 'its original is no object and no text: the whole wrapper is shown',
          inner: null,
        }
      : {
          label: 'wrapped message',
          note: 'its original is shown; error and time stand beside it',
          inner: utf8.encode(inner),
        };
  },
};

export const envelopeReaders: readonly EnvelopeReader[] = [sns, cloudEvents, s3Pointer, failureWrapper];

const attributesMax = 10;

/** `type=order.placed, tenant=north` of `{ "type": { "Type": "String", "Value": "order.placed" }, … }`. */
function snsAttributes(attributes: unknown): string {
  const fields = objectOf(attributes);
  if (!fields) return '';
  const values = Object.entries(fields).map(([name, value]) => {
    const one = objectOf(value);
    return `${name}=${(one && textOf(one, 'Value')) ?? ''}`;
  });
  return values.slice(0, attributesMax).join(', ');
}

/** Strict base64 or base64url; `undefined` for anything else. White space between lines is allowed, as MIME writes it. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/[\r\n\t ]+/g, '');
  if (digits === '' || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(digits)) return undefined;
  const bare = digits.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  if (bare.length % 4 === 1) return undefined;
  const binary = atob(bare);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(fields: Record<string, unknown>, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
