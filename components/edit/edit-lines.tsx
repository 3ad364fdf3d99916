import { HostileText } from '#components/ui/hostile-text.tsx';
import type { MessageEdit } from '#lib/domain/message-edit.ts';
import { editLines } from '#lib/edit/edit-words.ts';

const shownMax = 20;

/** What the edit of a replay changes, named where the replay is planned and told of. */
export function EditLines({ edit }: { edit: MessageEdit | null }) {
  if (edit === null) return null;
  const lines = editLines(edit);
  return (
    <div className="mb-1.5">
      <div className="font-sans text-xs font-[550]">Edited copies are sent, not the messages as they are:</div>
      <ul>
        {lines.slice(0, shownMax).map((line, index) => (
          <li key={index} className="break-words">
            <span aria-hidden>✎ </span>
            <HostileText text={line} charactersMax={300} />
          </li>
        ))}
        {lines.length > shownMax && <li className="font-sans text-faint">and {lines.length - shownMax} more</li>}
      </ul>
    </div>
  );
}
