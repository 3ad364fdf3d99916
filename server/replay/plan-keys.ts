import type { PlanNotes } from '#server/replay/plan-notes.ts';
import type { RoutedLetter } from '#server/replay/plan-routes.ts';
import type { KeysBehind } from '#server/store/planning-store.ts';
import type { Store } from '#server/store/store.ts';

/**
 * Whether a newer message with the same key stays behind: a receiver that keeps the last of a key would go back in time. Looks among the dead letters that
 * came after it in its partition, which the index knows; the destination itself is not looked through.
 */
export interface PlanKeys {
  /** Those of a page that will be sent, in the order of sending, also from page to page. */
  follow(sending: readonly RoutedLetter[], notes: PlanNotes, signal: AbortSignal): Promise<void>;
  /** What is behind the last of them. */
  finish(notes: PlanNotes, signal: AbortSignal): Promise<void>;
}

/** Keys that wait in one lane: about 20 MB. */
const keysMax = 100_000;
/** Up to so many, the index picks out what has them. */
const namedKeysMax = 500;
const slice = 5_000;
const idsMax = 200;

interface Lane {
  readonly queueId: string;
  readonly lane: string;
  /** Looked at up to here. */
  after: string | null;
  /** By key, what is sent and has met no newer one yet. */
  readonly waiting: Map<string, { count: number; readonly ids: string[] }>;
}

export function createPlanKeys({ index }: Pick<Store, 'index'>): PlanKeys {
  let open: Lane | null = null;

  /** Through the lane in its order: what is sent begins to wait, and what stays there ends the wait of its key. */
  async function walk(
    lane: Lane,
    sending: ReadonlyMap<string, string | null>,
    upTo: string | null,
    notes: PlanNotes,
    signal: AbortSignal,
  ): Promise<void> {
    const isOver = () => upTo === null && lane.waiting.size === 0;
    for (let after: string | null | undefined = lane.after; after !== undefined && !isOver();) {
      signal.throwIfAborted();
      const keys = new Set([...lane.waiting.keys(), ...sending.values()].filter((key) => key !== null));
      const named = keys.size <= namedKeysMax ? [...keys] : null;
      const page: KeysBehind = await index.listKeysBehind({ ...lane, after, upTo }, named, slice);
      for (const { id, keyDigest, isOpen } of page.letters) {
        if (sending.has(id)) wait(lane, id, keyDigest, notes);
        else if (isOpen) overtake(lane, keyDigest, notes);
      }
      after = page.next ?? undefined;
    }
    lane.after = upTo;
  }

  return {
    async follow(sending, notes, signal) {
      for (const letters of lanesOf(sending)) {
        const { queueId, lane, sequence } = letters[0].letter;
        const upTo = letters.at(-1)?.letter.sequence ?? null;
        if (sequence === null || upTo === null) continue;
        if (open?.queueId !== queueId || open.lane !== lane) {
          if (open) await walk(open, new Map(), null, notes, signal);
          open = { queueId, lane, after: before(sequence), waiting: new Map() };
        }
        const keys = new Map(letters.map(({ letter }) => [letter.id, letter.keyDigest]));
        const hasKeys = open.waiting.size > 0 || letters.some(({ letter }) => letter.keyDigest !== null);
        if (hasKeys) await walk(open, keys, upTo, notes, signal);
        open.after = upTo;
      }
    },
    async finish(notes, signal) {
      if (open) await walk(open, new Map(), null, notes, signal);
    },
  };
}

function wait({ waiting }: Lane, id: string, key: string, notes: PlanNotes): void {
  const known = waiting.get(key);
  if (known) {
    known.count += 1;
    if (known.ids.length < idsMax) known.ids.push(id);
  } else if (waiting.size < keysMax) waiting.set(key, { count: 1, ids: [id] });
  else
    notes.warnOf('newer-not-looked-for', 'have keys that are too many to look for newer messages with them', 1, [id]);
}

function overtake({ waiting }: Lane, key: string, notes: PlanNotes): void {
  const overtaken = waiting.get(key);
  if (!overtaken) return;
  waiting.delete(key);
  const text =
    'have a newer message with the same key behind them among the dead letters, which this plan does not send';
  notes.warnOf('newer-same-key', text, overtaken.count, overtaken.ids);
}

/** Of numbered messages, those that follow each other in one lane; SQS's groups are no keys. */
function lanesOf(sending: readonly RoutedLetter[]): readonly (readonly [RoutedLetter, ...RoutedLetter[]])[] {
  const lanes: [RoutedLetter, ...RoutedLetter[]][] = [];
  for (const routed of sending) {
    const { kind, queueId, lane, sequence } = routed.letter;
    if (kind !== 'kafka' || sequence === null) continue;
    const last = lanes.at(-1);
    if (last?.[0].letter.queueId === queueId && last[0].letter.lane === lane) last.push(routed);
    else lanes.push([routed]);
  }
  return lanes;
}

/** The number before this one; `null` before the first. */
function before(sequence: string): string | null {
  return /^0+$/.test(sequence) ? null : String(BigInt(sequence) - 1n);
}
