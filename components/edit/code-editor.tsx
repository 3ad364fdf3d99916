'use client';

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { linter, lintGutter, type Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useEffectEvent, useRef } from 'react';
import { JsonSyntaxError, parseJson } from '#lib/edit/json-tree.ts';

/**
 * A text editor with lines, colours and the place where it is no JSON. Tab leaves it, as from any field. It keeps its own text: `initial` counts once, and another
 * `key` begins anew.
 */
export function CodeEditor({
  initial,
  label,
  describedBy,
  isJson,
  autoFocus = false,
  onChange,
}: {
  initial: string;
  label: string;
  describedBy?: string;
  isJson: boolean;
  autoFocus?: boolean;
  onChange: (text: string) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const changed = useEffectEvent(onChange);
  const begin = useEffectEvent((parent: HTMLElement) => {
    const view = new EditorView({
      parent,
      state: EditorState.create({
        doc: initial,
        extensions: [
          EditorView.cspNonce.of(nonceOfPage()),
          lineNumbers(),
          history(),
          drawSelection(),
          highlightActiveLine(),
          EditorView.lineWrapping,
          // Ctrl Enter is the page's.
          keymap.of([...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'), ...historyKeymap]),
          EditorView.contentAttributes.of({
            'aria-label': label,
            'aria-multiline': 'true',
            ...(describedBy !== undefined && { 'aria-describedby': describedBy }),
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
          look,
          ...(isJson
            ? [json(), bracketMatching(), syntaxHighlighting(colours), lintGutter(), linter(findMistake)]
            : []),
        ],
      }),
    });
    if (autoFocus) view.focus();
    return view;
  });
  useEffect(() => {
    if (!place.current) return;
    const view = begin(place.current);
    return () => view.destroy();
  }, []);
  return <div ref={place} className="min-h-0 min-w-0 flex-1 overflow-hidden" />;
}

/** The styles that the editor makes carry the nonce of the page, or its policy would not let them count. */
function nonceOfPage(): string {
  return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
}

function findMistake({ state }: EditorView): readonly Diagnostic[] {
  const text = state.doc.toString();
  if (text.trim() === '') return [];
  try {
    parseJson(text);
    return [];
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const from = Math.min(error.at, text.length);
    return [{ from, to: Math.min(from + 1, text.length), severity: 'error', message: `No JSON: ${error.message}.` }];
  }
}

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--code-key)' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--panel)', fontSize: '12px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: "'JetBrains Mono Variable', ui-monospace, monospace", lineHeight: '19px' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--faint)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--sunk)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-soft) !important' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', color: 'var(--text)' },
  '.cm-tooltip': { backgroundColor: 'var(--panel)', color: 'var(--text)', border: '1px solid var(--line-strong)' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--failing)' },
});
