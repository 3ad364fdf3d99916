import { headerCondition, headerGroups } from '#components/message-detail/prepare-headers.ts';
import { ValueActions } from '#components/message-detail/value-actions.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { formatBytes, formatCount } from '#components/ui/numbers.ts';
import { ScrollBox } from '#components/ui/scroll-box.tsx';
import type { ShownHeader } from '#lib/api/messages.ts';

export function HeadersSection({
  title,
  headers,
  conventions,
}: {
  title: string;
  headers: readonly ShownHeader[];
  conventions?: readonly { readonly name: string; readonly fields: readonly string[] }[];
}) {
  const groups = headerGroups(headers);
  return (
    <div>
      <h2 className="mb-2 flex gap-2 text-2xs font-semibold text-faint">
        {title}
        <span className="font-medium">{formatCount(headers.length)}</span>
      </h2>
      {conventions && conventions.length > 0 && <Conventions conventions={conventions} />}
      {headers.length === 0 && <p className="text-soft">None.</p>}
      {groups.map((group) => (
        <div key={group.title} className="mb-2.5 last:mb-0">
          {groups.length > 1 && <h3 className="mb-0.5 text-2xs text-faint">{group.title}</h3>}
          <dl>
            {group.headers.map((header, index) => (
              <HeaderLine key={`${index} ${header.name}`} header={header} />
            ))}
          </dl>
        </div>
      ))}
    </div>
  );
}

/** By whose rules the message was understood; what each of them said is a press away. */
function Conventions({
  conventions,
}: {
  conventions: readonly { readonly name: string; readonly fields: readonly string[] }[];
}) {
  return (
    <details className="mb-2 text-2xs">
      <summary className="w-fit cursor-pointer rounded-sm text-faint hover:text-text">
        Read by {conventions.map(({ name }) => name).join(', ')}
      </summary>
      <dl className="mt-1.5 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 gap-y-0.5">
        {conventions.map(({ name, fields }) => (
          <div key={name} className="col-span-2 grid grid-cols-subgrid">
            <dt className="text-soft">{name}</dt>
            <dd className="min-w-0 break-words text-text">{fields.join(', ')}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function HeaderLine({ header }: { header: ShownHeader }) {
  const long = (header.text?.length ?? 0) > 60 || (header.text?.includes('\n') ?? false);
  return (
    <div className="group relative grid grid-cols-[minmax(96px,148px)_minmax(0,1fr)] items-start gap-x-2.5 rounded-sm hover:bg-hover">
      <dt className="py-0.5 break-words text-soft">
        <HostileText text={header.name} charactersMax={200} />
      </dt>
      <dd className="flex min-w-0 items-start gap-1 py-0.5 font-mono text-xs/[19px]">
        <div className="min-w-0 flex-1">
          {header.text === null ? (
            <span className="text-faint">null</span>
          ) : header.text === '' ? (
            <span className="text-faint">empty</span>
          ) : (
            <ScrollBox scrolls={long} className={long ? 'max-h-24 break-words whitespace-pre-wrap' : 'break-words'}>
              <HostileText text={header.text} multiline={long} charactersMax={8_000} />
            </ScrollBox>
          )}
          {(header.type === 'binary' || header.truncated) && (
            <span className="text-faint">
              {header.type === 'binary' ? 'binary, ' : 'cut, '}
              {formatBytes(header.sizeBytes)}
            </span>
          )}
          {header.maskedBy.length > 0 && (
            <span className="block font-sans text-2xs text-faint">masked by {header.maskedBy.join(', ')}</span>
          )}
        </div>
        {header.text !== null && (
          <ValueActions name={header.name} value={header.text} condition={headerCondition(header)} />
        )}
      </dd>
    </div>
  );
}
