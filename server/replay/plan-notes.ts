import type { PlanNote } from '#lib/domain/replay.ts';

/** Refusals and warnings as they are collected: one line for each text, with the messages that it is about. */
export interface PlanNotes {
  /** The first refusal of a message counts; later ones are dropped. */
  refuse(code: PlanNote['code'], text: string, messageId: string): void;
  warn(code: PlanNote['code'], text: string, messageId: string): void;
  warnAll(code: PlanNote['code'], text: string, messageIds: readonly string[]): void;
  refusalOf(messageId: string): { readonly code: PlanNote['code']; readonly text: string } | undefined;
  refusals(): readonly PlanNote[];
  /** Only about messages that will be sent, most frequent first. */
  warnings(): readonly PlanNote[];
}

/** A note names at most so many messages; its count is exact. */
const maxNamed = 200;

export function createPlanNotes(): PlanNotes {
  const refused = new Map<string, { code: PlanNote['code']; text: string }>();
  const warned = new Map<string, { code: PlanNote['code']; text: string; ids: Set<string> }>();

  function warn(code: PlanNote['code'], text: string, messageId: string): void {
    const key = `${code} ${text}`;
    const note = warned.get(key) ?? { code, text, ids: new Set() };
    note.ids.add(messageId);
    warned.set(key, note);
  }

  return {
    refuse(code, text, messageId) {
      if (!refused.has(messageId)) refused.set(messageId, { code, text });
    },
    warn,
    warnAll(code, text, messageIds) {
      for (const id of messageIds) warn(code, text, id);
    },
    refusalOf: (messageId) => refused.get(messageId),
    refusals() {
      const lines = new Map<string, { code: PlanNote['code']; text: string; ids: string[] }>();
      for (const [id, { code, text }] of refused) {
        const line = lines.get(text) ?? { code, text, ids: [] };
        line.ids.push(id);
        lines.set(text, line);
      }
      return [...lines.values()].map(toNote).toSorted(byCount);
    },
    warnings() {
      return [...warned.values()]
        .map(({ code, text, ids }) => ({ code, text, ids: [...ids].filter((id) => !refused.has(id)) }))
        .filter((note) => note.ids.length > 0)
        .map(toNote)
        .toSorted(byCount);
    },
  };
}

function toNote({ code, text, ids }: { code: PlanNote['code']; text: string; ids: readonly string[] }): PlanNote {
  return { code, text, count: ids.length, messageIds: ids.slice(0, maxNamed) };
}

function byCount(a: PlanNote, b: PlanNote): number {
  return b.count - a.count;
}
