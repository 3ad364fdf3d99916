import { Lock, Plus, Trash2, TriangleAlert, Undo2 } from 'lucide-react';
import type { HeaderDraft } from '#components/edit/prepare-edit.ts';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import type { EditedHeaderView } from '#lib/api/edits.ts';

const field = 'h-7 min-w-0 rounded-md border border-control bg-panel px-2 font-mono text-xs';

/** The headers of a message: locked ones are only shown, sensitive ones say why they are, the others are free. What is added stands below. */
export function HeaderEditor({
  headers,
  drafts,
  onDrafts,
}: {
  headers: readonly EditedHeaderView[];
  drafts: readonly HeaderDraft[];
  onDrafts: (drafts: readonly HeaderDraft[]) => void;
}) {
  const known = new Set(headers.map(({ name }) => name));
  const put = (draft: HeaderDraft) => onDrafts([...drafts.filter(({ name }) => name !== draft.name), draft]);
  const added = drafts.map((draft, index) => ({ draft, index })).filter(({ draft }) => !known.has(draft.name));
  const change = (index: number, draft: HeaderDraft) =>
    onDrafts(drafts.map((each, at) => (at === index ? draft : each)));
  return (
    <div className="grid gap-1.5">
      {headers.map((header) => (
        <HeaderRow
          key={header.name}
          header={header}
          draft={drafts.find(({ name }) => name === header.name) ?? null}
          onDraft={put}
          onUndo={() => onDrafts(drafts.filter(({ name }) => name !== header.name))}
        />
      ))}
      {added.map(({ draft, index }) => (
        <div
          key={index}
          className="grid grid-cols-[110px_minmax(0,1fr)_minmax(0,1.4fr)_28px] gap-1.5 max-sm:grid-cols-[minmax(0,1fr)_28px]"
        >
          <select
            aria-label={`What becomes of header ${index + 1}`}
            value={draft.change}
            onChange={(event) =>
              change(index, { ...draft, change: event.target.value === 'remove' ? 'remove' : 'set' })
            }
            className={field}
          >
            <option value="set">set</option>
            <option value="remove">remove</option>
          </select>
          <input
            aria-label={`Name of header ${index + 1}`}
            placeholder="name"
            value={draft.name}
            onChange={(event) => change(index, { ...draft, name: event.target.value })}
            className={field}
          />
          <input
            aria-label={`Value of header ${index + 1}`}
            placeholder="value"
            value={draft.value}
            disabled={draft.change === 'remove'}
            onChange={(event) => change(index, { ...draft, value: event.target.value })}
            className={field}
          />
          <button
            type="button"
            aria-label={`Leave header ${index + 1} out`}
            onClick={() => onDrafts(drafts.filter((_, at) => at !== index))}
            className={buttonClass('quiet', 'icon')}
          >
            <Trash2 size={13} aria-hidden />
          </button>
        </div>
      ))}
      <div>
        <Button size="small" onClick={() => onDrafts([...drafts, { name: '', change: 'set', value: '' }])}>
          <Plus size={12} aria-hidden /> {headers.length === 0 ? 'Change a header' : 'Add a header'}
        </Button>
      </div>
    </div>
  );
}

function HeaderRow({
  header,
  draft,
  onDraft,
  onUndo,
}: {
  header: EditedHeaderView;
  draft: HeaderDraft | null;
  onDraft: (draft: HeaderDraft) => void;
  onUndo: () => void;
}) {
  const { name, class: kind, why, before, maskedBy } = header;
  const isRemoved = draft?.change === 'remove';
  const shown = draft?.change === 'set' ? draft.value : maskedBy.length > 0 ? '' : (before ?? '');
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,1.6fr)_28px] items-center gap-1.5">
      <span className="min-w-0">
        <span
          className={isRemoved ? 'block truncate font-mono text-xs line-through' : 'block truncate font-mono text-xs'}
        >
          <HostileText text={name} charactersMax={120} />
        </span>
        {why !== null && (
          <span className={kind === 'locked' ? 'flex gap-1 text-2xs text-faint' : 'flex gap-1 text-2xs text-attention'}>
            {kind === 'locked' ? (
              <Lock size={11} aria-hidden className="mt-[3px] shrink-0" />
            ) : (
              <TriangleAlert size={11} aria-hidden className="mt-[3px] shrink-0" />
            )}
            <span>
              {kind}: {why}
            </span>
          </span>
        )}
      </span>
      {kind === 'locked' ? (
        <span className="truncate px-2 font-mono text-xs text-soft">
          <HostileText text={before ?? ''} charactersMax={200} />
        </span>
      ) : (
        <input
          aria-label={`Value of ${name}`}
          value={shown}
          disabled={isRemoved}
          placeholder={maskedBy.length > 0 ? 'masked; what is typed replaces it' : ''}
          onChange={(event) => onDraft({ name, change: 'set', value: event.target.value })}
          className={field}
        />
      )}
      {kind === 'locked' ? (
        <span />
      ) : (
        <button
          type="button"
          aria-label={draft === null ? `Remove ${name}` : `Leave ${name} as it was`}
          title={draft === null ? 'Remove' : 'As it was'}
          onClick={() => (draft === null ? onDraft({ name, change: 'remove', value: before ?? '' }) : onUndo())}
          className={buttonClass('quiet', 'icon')}
        >
          {draft === null ? <Trash2 size={13} aria-hidden /> : <Undo2 size={13} aria-hidden />}
        </button>
      )}
    </div>
  );
}
