import { titleParts } from '#components/groups/prepare-groups.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';

/** The class as code, and what it says as text. For one line: its place cuts it. */
export function GroupTitle({ title }: { title: string }) {
  const { errorClass, message } = titleParts(title);
  return (
    <>
      {errorClass !== null && (
        <span className="font-mono text-xs font-semibold text-text">
          <HostileText text={errorClass} charactersMax={120} />
        </span>
      )}
      {errorClass !== null && message !== null && ' '}
      {message !== null && (
        <span className={errorClass === null ? 'font-[550] text-text' : 'text-soft'}>
          <HostileText text={message} charactersMax={240} />
        </span>
      )}
    </>
  );
}
