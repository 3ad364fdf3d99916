import { jsonTokens, type JsonToken } from '#components/message-detail/prepare-json.ts';
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

export function JsonText({ text }: { text: string }) {
  const coloured = text.slice(0, colouredMax);
  const rest = text.slice(colouredMax);
  return (
    <>
      {jsonTokens(coloured).map((part, index) => (
        <span key={index} className={colours[part.kind]}>
          {part.kind === 'plain' ? (
            part.text
          ) : (
            <HostileText text={part.text} charactersMax={Number.POSITIVE_INFINITY} multiline />
          )}
        </span>
      ))}
      {rest !== '' && <HostileText text={rest} charactersMax={Number.POSITIVE_INFINITY} multiline />}
    </>
  );
}
