import { mayComeLater } from '#lib/payload/decoded-body.ts';
import type { Content } from '#lib/filter/evaluate.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { headersHave } from '#lib/filter/header-values.ts';
import { payloadHas } from '#lib/filter/payload-values.ts';
import type { ContentReader } from '#server/store/sqlite/content-reader.ts';

/** The leaves of a filter that are about what a message holds, and not about what the index has of it. */
type ContentCondition = Extract<Filter, { readonly kind: 'header' | 'payload' }>;

/** Conditions are JSON, as `lower.ts` writes them. */
export interface ContentConditions {
  /** Looks at this message. */
  holds(id: number, condition: string): boolean;
  /** Looks at its neighbours on the way, for a walk that will come to them too. */
  holdsNear(id: number, condition: string): boolean;
}

/**
 * What was found out about a message is kept, because contents hardly ever change: a page after the next, and a count beside a page, ask the same again, and
 * a walk in order of time comes back to a block of contents that it has unpacked long before.
 */
export function createContentConditions(contents: ContentReader): ContentConditions {
  const known = new Map<string, Known>();

  const knownOf = (json: string): Known => {
    const found = known.get(json) ?? createKnown(json);
    known.delete(json);
    known.set(json, found);
    const [oldest] = known.keys();
    if (known.size > conditionsKept && oldest !== undefined) known.delete(oldest);
    return found;
  };
  return {
    holds(id, json) {
      const of = knownOf(json);
      return of.answer(id) ?? of.ask(id, contents.of(id));
    },
    holdsNear(id, json) {
      const of = knownOf(json);
      const answer = of.answer(id);
      if (answer !== null) return answer;
      const { first, contents: near } = contents.near(id);
      let at = first;
      for (const content of near) {
        of.ask(at, content);
        at += 1;
      }
      return of.answer(id) ?? of.ask(id, contents.of(id));
    },
  };
}

/** Each takes a byte a message that was looked at. */
const conditionsKept = 4;
const chunkSize = 4_096;
const [no, yes] = [1, 2] as const;

interface Known {
  answer(id: number): boolean | null;
  ask(id: number, content: Content): boolean;
}

function createKnown(json: string): Known {
  // Written by `lower.ts` and by nobody else.
  const condition = JSON.parse(json) as ContentCondition;
  const chunks = new Map<number, Uint8Array>();
  return {
    answer(id) {
      const answer = chunks.get(Math.floor(id / chunkSize))?.[id % chunkSize] ?? 0;
      return answer === 0 ? null : answer === yes;
    },
    ask(id, content) {
      const which = Math.floor(id / chunkSize);
      const chunk = chunks.get(which) ?? new Uint8Array(chunkSize);
      chunks.set(which, chunk);
      const holds = test(condition, content);
      // It may be decoded later.
      if (mayComeLater(content.decoded?.missing)) return holds;
      chunk[id % chunkSize] = holds ? yes : no;
      return holds;
    },
  };
}

function test(condition: ContentCondition, content: Content): boolean {
  return condition.kind === 'header'
    ? headersHave(content, condition.name, condition.test)
    : payloadHas(content, condition.path, condition.test);
}
