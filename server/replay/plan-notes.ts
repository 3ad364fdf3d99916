import type { PlanNote } from '#lib/domain/replay.ts';
import type { NewItem } from '#server/store/store.ts';

/**
 * Refusals and warnings as they are collected, page by page: one line for each text, with an exact count and the first messages that it is about.
 * Memory is bounded by the texts and not by the messages.
 */
export interface PlanNotes {
  /** The first refusal of a message counts; later ones are dropped. */
  refuse(code: PlanNote['code'], text: string, messageId: string): void;
  /** Counts only when the message is not refused. */
  warn(code: PlanNote['code'], text: string, messageId: string): void;
  /** Of messages that will be sent, of this page or earlier ones; `messageIds` names some of them. */
  warnOf(code: PlanNote['code'], text: string, count: number, messageIds: readonly string[]): void;
  /** Of a message of the page that is open. */
  refusalOf(messageId: string): { readonly code: PlanNote['code']; readonly text: string } | undefined;
  /** Everything about the messages of this page is said. */
  closePage(): void;
  /** Most frequent first, like `warnings`. */
  refusals(): readonly PlanNote[];
  warnings(): readonly PlanNote[];
}

/** A note names at most so many messages; its count is exact. */
const maxNamed = 200;

/** Texts may hold names that senders chose: beyond so many, those of a code are one. */
const linesMax = 200;

export const furtherLines = 'are further ones like these, with other names';

interface Line {
  readonly code: PlanNote['code'];
  readonly text: string;
}

export function createPlanNotes(): PlanNotes {
  const refused = createTally();
  const warned = createTally();
  let refusals = new Map<string, Line>();
  let warnings = new Map<string, { readonly line: Line; readonly messageId: string }>();

  return {
    refuse(code, text, messageId) {
      if (!refusals.has(messageId)) refusals.set(messageId, { code, text });
    },
    warn(code, text, messageId) {
      warnings.set(JSON.stringify([messageId, code, text]), { line: { code, text }, messageId });
    },
    warnOf: (code, text, count, messageIds) => warned.add({ code, text }, count, messageIds),
    refusalOf: (messageId) => refusals.get(messageId),
    closePage() {
      for (const [messageId, line] of refusals) refused.add(line, 1, [messageId]);
      for (const { line, messageId } of warnings.values())
        if (!refusals.has(messageId)) warned.add(line, 1, [messageId]);
      refusals = new Map();
      warnings = new Map();
    },
    refusals: refused.notes,
    warnings: warned.notes,
  };
}

function createTally(): {
  add(line: Line, count: number, messageIds: readonly string[]): void;
  notes(): readonly PlanNote[];
} {
  const lines = new Map<string, { readonly line: Line; count: number; readonly ids: string[] }>();
  return {
    add(line, count, messageIds) {
      const own = `${line.code} ${line.text}`;
      const isFurther = lines.size >= linesMax && !lines.has(own);
      const key = isFurther ? line.code : own;
      const shown = isFurther ? { code: line.code, text: furtherLines } : line;
      const found = lines.get(key) ?? { line: shown, count: 0, ids: [] };
      found.count += count;
      found.ids.push(...messageIds.slice(0, maxNamed - found.ids.length));
      lines.set(key, found);
    },
    notes: () =>
      [...lines.values()]
        .map(({ line, count, ids }): PlanNote => ({ ...line, count, messageIds: ids }))
        .toSorted((a, b) => b.count - a.count),
  };
}

/** How a message stands in its plan, refused with the text of a note or not. */
export function stateByRefusal(refusal: string | undefined): Pick<NewItem, 'state' | 'reason'> {
  if (refusal === undefined) return { state: 'planned', reason: null };
  return {
    state: 'skipped',
    reason: { code: 'rejected', message: `This message ${refusal.replace(/^are /, 'is ')}.` },
  };
}
