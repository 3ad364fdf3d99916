import type { ConventionChain } from '#lib/conventions/chain.ts';
import type { BrokerKind, RawMessage } from '#lib/domain/message.ts';
import type { EditProblem, MessageEdit } from '#lib/domain/message-edit.ts';
import { editProblem } from '#lib/edit/check-edit.ts';
import { editHeaders } from '#lib/edit/edit-headers.ts';
import { setsMasked } from '#lib/edit/masked-headers.ts';
import { maskKey } from '#lib/masking/mask-message.ts';
import { createMasking, type Masking, type MaskingSettings } from '#lib/masking/masking.ts';
import { readFrame, referenceText, type SchemaReference } from '#lib/payload/wire-format.ts';
import type { RegisteredSchema } from '#server/payload/decoder.ts';
import {
  type DecodingJob,
  type DecodingThread,
  type KnownSchema,
  type PayloadAnswer,
  startDecodingThread,
} from '#server/payload/decoding-thread.ts';
import type { BodyViews, EditBodyJob, EditedBody } from '#server/payload/editing/edit-body.ts';
import { notConfigured } from '#server/payload/payload-reader.ts';
import type { SchemaRegistry } from '#server/payload/schema-registry.ts';

/** Makes edited copies of messages, for the plan, the preview and the send alike: the same message and edit make the same bytes. */
export interface MessageEditor {
  /** In the order of the messages. It never rejects: what cannot be edited is refused with the reason. */
  edit(request: EditRequest, messages: readonly RawMessage[]): Promise<readonly EditedMessage[]>;
  /**
   * Where each of a few documents does not fit a JSON Schema, as a sentence's end; `null` where it does. A sentence alone where they were not compared. It never
   * rejects.
   */
  misfits(schema: RegisteredSchema, documents: readonly Uint8Array[]): Promise<readonly (string | null)[] | string>;
  close(): Promise<void>;
}

export interface EditRequest {
  /** Says whose schema registry is asked. */
  readonly connection: string;
  readonly kind: BrokerKind;
  /** `null` only looks at the bodies. */
  readonly edit: MessageEdit | null;
  readonly withViews?: boolean;
  readonly conventions?: ConventionChain | undefined;
  /** Where there is one, messages are no longer tried once as many bodies as this went beyond the limits of time and memory. */
  readonly patience?: EditPatience | undefined;
}

/** Counted down; several requests may share it. */
export interface EditPatience {
  left: number;
}

export type EditedMessage =
  | {
      readonly kind: 'edited';
      readonly message: RawMessage;
      /** It is as it was; never where the edit writes in place of what is masked, which would tell that somebody guessed it. */
      readonly isSame: boolean;
      readonly views: BodyViews | null;
    }
  | {
      readonly kind: 'refused';
      readonly problem: EditProblem;
      /** A registry could not be asked: later it may be edited all the same. */
      readonly unasked: boolean;
      readonly views: BodyViews | null;
    };

export interface MessageEditorOptions {
  /** By connection; those without one are not in it. */
  readonly registries: ReadonlyMap<string, SchemaRegistry>;
  readonly masking?: MaskingSettings | undefined;
  /** For a few bodies at once, without the time that a registry takes. */
  readonly timeoutMs?: number;
}

const schemasMax = 3;
/** A trip to the thread and back costs as much as a small edit. */
const atOnce = { messages: 32, bytes: 1 << 20 } as const;

/** Bodies are edited in a thread that is started when the first one is: what a stranger's bytes do to a library ends there. */
export function createMessageEditor({
  registries,
  masking: settings,
  timeoutMs = 5_000,
}: MessageEditorOptions): MessageEditor {
  const masking = settings && createMasking(settings);
  let thread: DecodingThread | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  /** Together, and one by one where one of them takes the thread with it. */
  async function editBodies(request: EditRequest, jobs: readonly EditBodyJob[]): Promise<readonly EditedBody[]> {
    const { connection, patience = { left: Infinity } } = request;
    if (patience.left <= 0) return jobs.map(() => untried);
    const together = await editTogether(connection, jobs);
    if (typeof together !== 'string') return together;
    if (jobs.length === 1) {
      patience.left -= 1;
      return [beyond(together)];
    }
    const bodies: EditedBody[] = [];
    for (const job of jobs) bodies.push(...(await editBodies({ ...request, patience }, [job])));
    return bodies;
  }

  async function editTogether(
    connection: string,
    jobs: readonly EditBodyJob[],
  ): Promise<readonly EditedBody[] | string> {
    const bodies: EditedBody[] = [];
    const schemas = new Map<string, KnownSchema>();
    for (const { source } of jobs) await expect(connection, source.bytes, schemas);
    let left = [...jobs.keys()];
    for (let round = 0; left.length > 0; round += 1) {
      const asked = left.flatMap((place) => jobs[place] ?? []);
      const answer = await ask(asked, [...schemas.values()]);
      if (typeof answer === 'string') return answer;
      const again: number[] = [];
      for (const [index, place] of left.entries()) {
        const body = answer[index];
        if (!body) continue;
        if (body.kind === 'needs' && round < schemasMax) {
          const key = keyOf(body.reference);
          schemas.set(key, schemas.get(key) ?? (await find(connection, body.reference)));
          again.push(place);
        } else bodies[place] = body.kind === 'needs' ? beyond(`it asks for more than ${schemasMax} schemas`) : body;
      }
      left = again;
    }
    return bodies;
  }

  /** A body that begins like the wire format will ask for its schema. */
  async function expect(
    connection: string,
    bytes: Uint8Array | null,
    schemas: Map<string, KnownSchema>,
  ): Promise<void> {
    const reference = bytes && readFrame(bytes)?.reference;
    if (reference && schemas.size < schemasMax && !schemas.has(keyOf(reference)))
      schemas.set(keyOf(reference), await find(connection, reference));
  }

  async function find(connection: string, reference: SchemaReference): Promise<KnownSchema> {
    return { reference, answer: (await registries.get(connection)?.find(reference)) ?? notConfigured };
  }

  async function ask(
    jobs: readonly EditBodyJob[],
    answers: readonly KnownSchema[],
  ): Promise<readonly EditedBody[] | string> {
    const answer = await askThread({ wants: 'edit', jobs, answers });
    if (typeof answer === 'string') return answer;
    return answer.kind === 'bodies' ? answer.answers : 'editing it failed';
  }

  async function askThread(job: DecodingJob): Promise<PayloadAnswer | string> {
    if (isClosed) return 'the console is being stopped';
    thread ??= startDecodingThread(settings);
    const answer = await thread.ask(job, timeoutMs);
    if (typeof answer === 'string') thread = null;
    return answer;
  }

  /** In turn, so that the time limit of one is not spent on another. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  }

  async function editAll(request: EditRequest, messages: readonly RawMessage[]): Promise<readonly EditedMessage[]> {
    const edited: EditedMessage[] = [];
    const isBodyTouched = request.edit === null || request.edit.body !== null || request.withViews === true;
    for (const portion of portions(messages)) {
      const bodies = isBodyTouched
        ? await editBodies(
            request,
            portion.map((message) => jobOf(message, request)),
          )
        : portion.map(({ body }): EditedBody => ({ kind: 'edited', bytes: body, writesMasked: false, views: null }));
      for (const [index, message] of portion.entries())
        edited.push(together(message, bodies[index] ?? beyond('editing it failed'), request, masking));
    }
    return edited;
  }

  return {
    edit: (request, messages) => inTurn(() => editAll(request, messages)).catch(() => messages.map(() => failedEdit)),
    async misfits(schema, documents) {
      const answer = await inTurn(() => askThread({ wants: 'fit', schema, documents })).catch(() => 'it failed');
      if (typeof answer === 'string') return answer;
      return answer.kind === 'fits' ? answer.misfits : 'it failed';
    },
    async close() {
      isClosed = true;
      await thread?.end();
    },
  };
}

const failedEdit: EditedMessage = {
  kind: 'refused',
  problem: editProblem('editing it failed'),
  unasked: false,
  views: null,
};

const untried = beyond('others took too much time or memory, and it was not tried');

function beyond(why: string): Extract<EditedBody, { readonly kind: 'refused' }> {
  return { kind: 'refused', problem: editProblem(`its body cannot be edited: ${why}`), unasked: false, views: null };
}

function jobOf({ body, headers, properties }: RawMessage, { edit, withViews }: EditRequest): EditBodyJob {
  return {
    source: { part: 'value', bytes: body, headers, properties },
    edit: edit?.body ?? null,
    withViews: withViews === true,
  };
}

function together(
  message: RawMessage,
  body: EditedBody,
  request: EditRequest,
  masking: Masking | undefined,
): EditedMessage {
  if (body.kind === 'needs') return failedEdit;
  if (body.kind === 'refused') return body;
  const { edit, kind, conventions } = request;
  const { views } = body;
  const refused = (problem: EditProblem): EditedMessage => ({ kind: 'refused', problem, unasked: false, views });
  if (kind === 'sqs' && body.bytes?.length === 0 && message.body?.length !== 0)
    return refused(editProblem('its body would be empty, and SQS takes none such'));
  const headers = editHeaders(message.headers, edit?.headers ?? [], kind, conventions);
  if ('text' in headers) return refused(headers);
  const key = keyAfter(message, request);
  if (key !== null && 'text' in key) return refused(key);
  const after = { ...message, body: body.bytes, headers, key };
  const writes = body.writesMasked || (masking !== undefined && writesMasked(message, edit, masking));
  return { kind: 'edited', message: after, isSame: !writes && isSame(message, after), views };
}

function writesMasked({ key, headers }: RawMessage, edit: MessageEdit | null, masking: Masking): boolean {
  if (edit === null) return false;
  const writesKey = edit.key !== undefined && key !== null && maskKey(key, { key, headers }, masking) !== key;
  return writesKey || setsMasked(edit.headers, headers, masking);
}

function isSame(a: RawMessage, b: RawMessage): boolean {
  return (
    isSameBytes(a.key, b.key) && isSameBytes(a.body, b.body) && JSON.stringify(a.headers) === JSON.stringify(b.headers)
  );
}

function isSameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : Buffer.compare(a, b) === 0;
}

function keyAfter({ key, headers }: RawMessage, { edit, kind }: EditRequest): Uint8Array | null | EditProblem {
  const change = edit?.key;
  if (change === undefined) return key;
  if (kind !== 'kafka') return editProblem('only messages of Kafka have a key');
  if (headers.some(({ name }) => name === '__key_schema_id') || (key !== null && key.length >= 5 && readFrame(key)))
    return editProblem('its key is written by a schema, and keys are edited as text only');
  return change.kind === 'none' ? null : new TextEncoder().encode(change.text);
}

function* portions(messages: readonly RawMessage[]): Generator<readonly RawMessage[]> {
  let portion: RawMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    portion.push(message);
    bytes += message.body?.length ?? 0;
    if (portion.length < atOnce.messages && bytes < atOnce.bytes) continue;
    yield portion;
    portion = [];
    bytes = 0;
  }
  if (portion.length > 0) yield portion;
}

function keyOf(reference: SchemaReference): string {
  return `${reference.kind} ${referenceText(reference)}`;
}
