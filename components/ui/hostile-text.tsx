import { Fragment } from 'react';
import { bounded, namePieces, visibleParts } from '#components/ui/prepare-text.ts';

/**
 * Text that came from a message. It is drawn as text, kept from reordering its surroundings, cut at `charactersMax`, and what
 * would be invisible in it is shown.
 */
export function HostileText({
  text,
  charactersMax = 2_000,
  multiline = false,
  isName = false,
}: {
  text: string;
  charactersMax?: number;
  multiline?: boolean;
  /** Of a topic, a queue, a group: a line ends behind its separators. */
  isName?: boolean;
}) {
  const { text: shown, cut } = bounded(text, charactersMax);
  const parts = visibleParts(shown, multiline);
  const only = parts[0];
  if (parts.length === 1 && only?.kind === 'plain') {
    return (
      <bdi>
        {isName ? <Name name={only.text} /> : only.text}
        {cut && '…'}
      </bdi>
    );
  }
  return (
    <bdi>
      {parts.map((part, index) =>
        part.kind === 'plain' ? (
          <span key={index}>{part.text}</span>
        ) : (
          <span
            key={index}
            title={part.code}
            className="rounded-sm bg-attention-soft px-0.5 font-mono text-[0.85em] text-attention"
          >
            {part.text}
          </span>
        ),
      )}
      {cut && '…'}
    </bdi>
  );
}

function Name({ name }: { name: string }) {
  return namePieces(name).map((piece, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {piece}
    </Fragment>
  ));
}
