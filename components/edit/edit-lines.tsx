import type { ReactNode } from 'react';
import { changesBesides, copiesTitle } from '#components/edit/prepare-edit.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import type { MessageEdit } from '#lib/domain/message-edit.ts';
import { editLines } from '#lib/edit/edit-words.ts';

const shownMax = 20;

/** What the edit of a replay changes, named where the replay is planned and told of; its differences, where they are shown, tell the body better than words. */
export function EditLines({
  edit,
  count,
  children,
}: {
  edit: MessageEdit;
  /** So many copies; of none there are no differences. */
  count: number;
  /** The differences. */
  children?: ReactNode;
}) {
  const lines = editLines(count > 0 ? changesBesides(edit) : edit);
  return (
    <div className="mb-2">
      <p className="mb-1 text-xs font-[550]">{copiesTitle(count)}</p>
      {lines.length > 0 && (
        <ul className="mb-1.5 font-mono text-xs/[20px]">
          {lines.slice(0, shownMax).map((line, index) => (
            <li key={index} className="break-words">
              <span aria-hidden>✎ </span>
              <HostileText text={line} charactersMax={300} />
            </li>
          ))}
          {lines.length > shownMax && <li className="font-sans text-faint">and {lines.length - shownMax} more</li>}
        </ul>
      )}
      {children}
    </div>
  );
}
