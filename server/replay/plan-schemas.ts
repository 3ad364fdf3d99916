import type { RawDeadLetter } from '#lib/domain/message.ts';
import { readFrame, referenceText, type SchemaReference } from '#lib/payload/wire-format.ts';
import { frameInHeader } from '#server/payload/decoders/registered.ts';
import type { SchemaRegistry } from '#server/payload/schema-registry.ts';
import { readableBy } from '#server/payload/schema-succession.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';
import type { RoutedLetter } from '#server/replay/plan-routes.ts';

/** Whether who reads the destination by the newest schema can still read what is sent there. */
export interface PlanSchemas {
  note(routed: RoutedLetter, raw: RawDeadLetter, notes: PlanNotes): Promise<void>;
}

type Verdict = { readonly code: 'schema-changed' | 'schema-not-checked'; readonly text: string } | null;

/** Pairs of schema and topic; a plan has few. */
const verdictsMax = 1_000;

/** `registries`: by connection; those without one are not in it. */
export function createPlanSchemas(registries: ReadonlyMap<string, SchemaRegistry>): PlanSchemas {
  const verdicts = new Map<string, Verdict>();
  return {
    async note({ letter, destination, connection }, raw, notes) {
      const registry = registries.get(connection);
      if (!registry || destination?.kind !== 'kafka' || raw.body === null) return;
      const frame = frameInHeader(raw.headers, 'value') ?? readFrame(raw.body);
      if (!frame) return;
      const key = `${connection} ${destination.topic} ${referenceText(frame.reference)}`;
      let verdict = verdicts.get(key);
      if (verdict === undefined) {
        verdict = await judge(registry, destination.topic, frame.reference);
        if (verdicts.size < verdictsMax) verdicts.set(key, verdict);
      }
      if (verdict) notes.warn(verdict.code, verdict.text, letter.id);
    },
  };
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
