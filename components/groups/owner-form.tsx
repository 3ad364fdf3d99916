'use client';

import { useId, useState } from 'react';
import { Button } from '#components/ui/button.tsx';

/** Who looks after it. Until there are users it is a name as people type it, with those that are already in use to choose from. */
export function OwnerForm({
  owner,
  known,
  onAssign,
}: {
  owner: string | null;
  known: readonly string[];
  onAssign: (owner: string | null) => void;
}) {
  const listId = useId();
  const [typed, setTyped] = useState(owner ?? '');
  const name = typed.trim();
  return (
    <form
      className="grid w-64 gap-2 p-3"
      onSubmit={(event) => {
        event.preventDefault();
        onAssign(name === '' ? null : name);
      }}
    >
      <label className="grid gap-1">
        <span className="row-title">Owner</span>
        <input
          value={typed}
          list={listId}
          maxLength={100}
          placeholder="A person or a team"
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
          className="h-7 rounded-md border border-control bg-panel px-2 text-xs placeholder:text-faint"
        />
      </label>
      <datalist id={listId}>
        {known.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </datalist>
      <div className="flex gap-2">
        <Button type="submit" look="go" disabled={name === (owner ?? '')}>
          {name === '' && owner !== null ? 'Leave it to nobody' : 'Assign'}
        </Button>
        {owner !== null && name !== '' && (
          <Button look="quiet" onClick={() => onAssign(null)}>
            To nobody
          </Button>
        )}
      </div>
    </form>
  );
}
