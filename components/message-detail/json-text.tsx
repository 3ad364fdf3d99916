'use client';

import { useContext, type KeyboardEvent } from 'react';
import { FilterBy, isFilterableValue } from '#components/message-detail/message-actions.ts';
import { jsonTokens, type JsonLeaf, type JsonToken } from '#components/message-detail/prepare-json.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';

const colours: Record<JsonToken['kind'], string | undefined> = {
  key: 'text-code-key',
  string: 'text-code-string',
  number: 'text-code-number',
  word: 'text-code-number',
  plain: undefined,
};

/** Each token is an element: past this length, colour would cost more than it gives. */
const colouredMax = 12_000;

/**
 * JSON in colours. Where the page has a filter, a press on a value shows only messages with that value at its place. All values together
 * are one stop of the Tab key, and the arrows go from one to the next: a payload may hold hundreds.
 */
export function JsonText({ text }: { text: string }) {
  const filterBy = useContext(FilterBy);
  const coloured = text.slice(0, colouredMax);
  const rest = text.slice(colouredMax);
  const tokens = jsonTokens(coloured);
  const isOffered = (leaf: JsonLeaf | undefined): leaf is JsonLeaf =>
    filterBy?.payload === true && leaf !== undefined && isFilterableValue(leaf.value);
  const firstOffered = tokens.findIndex(({ leaf }) => isOffered(leaf));
  return (
    <>
      {tokens.map((part, index) => {
        const shown =
          part.kind === 'plain' ? (
            part.text
          ) : (
            <HostileText text={part.text} charactersMax={Number.POSITIVE_INFINITY} multiline />
          );
        const { leaf } = part;
        if (!isOffered(leaf)) {
          return (
            <span key={index} className={colours[part.kind]}>
              {shown}
            </span>
          );
        }
        return (
          <button
            key={index}
            type="button"
            data-leaf
            tabIndex={index === firstOffered ? 0 : -1}
            onKeyDown={goToNeighbour}
            title={`Show only ${leafWords(leaf)}`}
            onClick={() =>
              filterBy?.onCondition({ kind: 'payload', path: leaf.path, test: { kind: 'is', value: leaf.value } })
            }
            className={`${colours[part.kind] ?? ''} rounded-sm text-left break-all whitespace-pre-wrap underline-offset-2 hover:underline`}
          >
            {shown}
          </button>
        );
      })}
      {rest !== '' && <HostileText text={rest} charactersMax={Number.POSITIVE_INFINITY} multiline />}
    </>
  );
}

function leafWords({ path, value }: JsonLeaf): string {
  return `${path.join('.')} = ${value === '' ? 'empty' : value.slice(0, 60)}`;
}

function goToNeighbour(event: KeyboardEvent<HTMLElement>): void {
  const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (by === 0) return;
  const leaves = [...(event.currentTarget.closest('pre')?.querySelectorAll<HTMLElement>('[data-leaf]') ?? [])];
  const at = leaves.findIndex((leaf) => leaf === document.activeElement);
  leaves[at + by]?.focus();
  event.preventDefault();
}
