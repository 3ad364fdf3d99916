import type { RawDeadLetter } from '#lib/domain/message.ts';
import { readFrame, referenceText, type SchemaReference } from '#lib/payload/wire-format.ts';
import { frameInHeader } from '#server/payload/decoders/registered.ts';
import type { RegisteredSchema } from '#server/payload/decoder.ts';
import type { MessageEditor } from '#server/payload/message-editor.ts';
import type { SchemaRegistry } from '#server/payload/schema-registry.ts';
import { readableBy } from '#server/payload/schema-succession.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';
import type { RoutedLetter } from '#server/replay/plan-routes.ts';

/** Whether who reads the destination by the newest schema can still read what is sent there. */
export interface PlanSchemas {
  /** Of messages that are in memory together. */
  note(read: readonly ReadMessage[], notes: PlanNotes): Promise<void>;
}

export interface ReadMessage {
  readonly routed: RoutedLetter;
  /** As it is sent. */
  readonly raw: RawDeadLetter;
}

type Verdict = Warning | ByContent | null;

interface Warning {
  readonly code: 'schema-changed' | 'schema-not-checked';
  readonly text: string;
}

/** Each message is compared with the newest JSON Schema; all that do not fit are one line. */
interface ByContent {
  readonly schema: RegisteredSchema;
  /** `the newest schema of orders-value (version 2)`. */
  readonly newest: string;
  /** Of the first message that did not fit. */
  misfit: Warning | null;
  /** Once they could not be compared, no further ones are tried. */
  given: Warning | null;
}

interface Document {
  readonly messageId: string;
  readonly bytes: Uint8Array;
}

/** Pairs of schema and topic; a plan has few. */
const verdictsMax = 1_000;

/** A trip to the thread and back costs as much as a small document. */
const atOnce = { documents: 100, bytes: 1 << 20 } as const;

/** `registries`: by connection; those without one are not in it. */
export function createPlanSchemas(
  registries: ReadonlyMap<string, SchemaRegistry>,
  editor: Pick<MessageEditor, 'misfits'>,
): PlanSchemas {
  const verdicts = new Map<string, Verdict>();

  async function verdictOf({ letter, destination, connection }: RoutedLetter, raw: RawDeadLetter, notes: PlanNotes) {
    const registry = registries.get(connection);
    if (!registry || destination?.kind !== 'kafka' || raw.body === null) return null;
    const inHeader = frameInHeader(raw.headers, 'value');
    const frame = inHeader ?? readFrame(raw.body);
    if (!frame) return null;
    const key = `${connection} ${destination.topic} ${referenceText(frame.reference)}`;
    let verdict = verdicts.get(key);
    if (verdict === undefined) {
      verdict = await judge(registry, destination.topic, frame.reference);
      if (verdicts.size < verdictsMax) verdicts.set(key, verdict);
    }
    if (verdict === null) return null;
    if ('schema' in verdict)
      return { verdict, document: { messageId: letter.id, bytes: inHeader ? raw.body : frame.rest } };
    notes.warn(verdict.code, verdict.text, letter.id);
    return null;
  }

  return {
    async note(read, notes) {
      const documents = new Map<ByContent, Document[]>();
      for (const { routed, raw } of read) {
        const found = await verdictOf(routed, raw, notes);
        if (!found) continue;
        const of = documents.get(found.verdict) ?? [];
        of.push(found.document);
        documents.set(found.verdict, of);
      }
      for (const [verdict, all] of documents)
        for (const portion of portions(all)) await compare(editor, verdict, portion, notes);
    },
  };
}

async function compare(
  editor: Pick<MessageEditor, 'misfits'>,
  verdict: ByContent,
  documents: readonly Document[],
  notes: PlanNotes,
): Promise<void> {
  const { schema, newest, given } = verdict;
  const misfits =
    given === null
      ? await editor.misfits(
          schema,
          documents.map(({ bytes }) => bytes),
        )
      : '';
  if (typeof misfits === 'string') {
    verdict.given ??= { code: 'schema-not-checked', text: `were not compared with ${newest}: ${misfits}` };
    for (const { messageId } of documents) notes.warn(verdict.given.code, verdict.given.text, messageId);
    return;
  }
  for (const [index, { messageId }] of documents.entries()) {
    const misfit = misfits[index] ?? null;
    if (misfit === null) continue;
    verdict.misfit ??= {
      code: 'schema-changed',
      text: `do not fit ${newest}; of the first of them it says: ${misfit.slice(0, 200)}`,
    };
    notes.warn(verdict.misfit.code, verdict.misfit.text, messageId);
  }
}

function* portions(documents: readonly Document[]): Generator<readonly Document[]> {
  let portion: Document[] = [];
  let bytes = 0;
  for (const document of documents) {
    portion.push(document);
    bytes += document.bytes.length;
    if (portion.length < atOnce.documents && bytes < atOnce.bytes) continue;
    yield portion;
    portion = [];
    bytes = 0;
  }
  if (portion.length > 0) yield portion;
}

async function judge(registry: SchemaRegistry, topic: string, reference: SchemaReference): Promise<Verdict> {
  const named = `schema ${referenceText(reference)}`;
  const writer = await registry.find(reference);
  if (writer.kind === 'missing') {
    return writer.unasked
      ? { code: 'schema-not-checked', text: `are written with ${named}, which could not be looked at: ${writer.note}` }
      : // Bytes may look like the format by chance.
        { code: 'schema-not-checked', text: `look like ${named}, which the registry does not know` };
  }
  // The usual subject of a topic's values, else the one where the schema was registered (a subject named by the record).
  const subjects = [`${topic}-value`, ...(writer.schema.version === null ? [] : [writer.schema.subject])];
  for (const subject of subjects) {
    if (subject === null) continue;
    const latest = await registry.latest(subject);
    if (latest.kind === 'missing' && latest.unasked)
      return {
        code: 'schema-not-checked',
        text: `are written with ${named}; the newest of ${subject} could not be looked at: ${latest.note}`,
      };
    if (latest.kind === 'missing') continue;
    const newest = `the newest schema of ${subject} (version ${latest.schema.version ?? '?'})`;
    const answer = readableBy(writer.schema, latest.schema);
    switch (answer.kind) {
      case 'readable':
        return null;
      case 'by-content':
        return { schema: latest.schema, newest, misfit: null, given: null };
      case 'not-compared':
        return {
          code: 'schema-not-checked',
          text: `are written with ${named}, and not compared with ${newest}: ${answer.why}`,
        };
      case 'unreadable':
        return {
          code: 'schema-changed',
          text: `are written with ${named}, which ${newest} may not be able to read: ${answer.why}`,
        };
    }
  }
  return null;
}
