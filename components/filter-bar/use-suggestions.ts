import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { completionsQueryOptions } from '#components/queries/completions.ts';
import { complete, type Completion, completionAt, type CompletionContext } from '#lib/filter/complete.ts';

interface Caret {
  readonly text: string;
  readonly position: number;
}

export interface Suggestions extends Completion {
  /** Counts are among so many of the newest; `null` where nothing was counted. */
  readonly countedAmong: number | null;
}

const none: Suggestions = { from: 0, to: 0, suggestions: [], countedAmong: null };
/** A pause in typing that is worth a question to the index. */
const pauseMs = 120;

/**
 * What could stand at the caret: at once what the language itself knows, and a moment later values and names with counts from the index.
 * `within` is what holds besides, in the filter language: the page's queue.
 */
export function useSuggestions(options: {
  readonly within: string;
  readonly range: string;
  readonly values: Readonly<Record<string, readonly string[]>>;
}): { readonly shown: Suggestions; show(text: string, position: number | null): void } {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [caret, setCaret] = useState<Caret | null>(null);
  const [asked, setAsked] = useState<Caret | null>(null);
  const prefix = options.within === '' ? '' : `${options.within} `;
  const question = {
    filter: prefix + (asked?.text ?? ''),
    position: prefix.length + (asked?.position ?? 0),
  };
  const { data, isPlaceholderData } = useQuery({
    ...completionsQueryOptions(question, options.range),
    enabled: asked !== null,
  });

  return {
    shown: caret === null ? none : shownFor(caret),
    show(text, position) {
      clearTimeout(timer.current);
      const next = position === null ? null : { text, position };
      setCaret(next);
      if (!next || !isCounted(completionAt(text, next.position))) setAsked(null);
      else timer.current = setTimeout(() => setAsked(next), pauseMs);
    },
  };

  function shownFor({ text, position }: Caret): Suggestions {
    const isAnswered = data && !isPlaceholderData && asked?.text === text && asked.position === position;
    if (!isAnswered) return { ...complete(text, position, options.values), countedAmong: null };
    return { ...data, from: data.from - prefix.length, to: data.to - prefix.length };
  }
}

/** Whether the index knows more of it than the language does. */
function isCounted(context: CompletionContext): boolean {
  return context.kind === 'name' || context.kind === 'value';
}
