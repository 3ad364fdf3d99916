'use client';

import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { OwnerForm } from '#components/groups/owner-form.tsx';
import { ignoreSpans } from '#components/groups/prepare-groups.ts';
import { useHotkeys } from '#components/shell/hotkeys.ts';
import { Button } from '#components/ui/button.tsx';
import { Menu } from '#components/ui/menu.tsx';
import { Popover } from '#components/ui/popover.tsx';
import type { GroupChange, GroupRow } from '#lib/api/groups.ts';

/** Resolve, ignore, own: the same buttons and keys for one group and for many. */
export function GroupActions({
  rows,
  owners,
  side = 'bottom',
  busy,
  onChange,
}: {
  rows: readonly Pick<GroupRow, 'state' | 'owner'>[];
  /** Names that are in use. */
  owners: readonly string[];
  side?: 'top' | 'bottom';
  busy: boolean;
  onChange: (change: GroupChange) => void;
}) {
  const [opened, setOpened] = useState<'ignore' | 'owner' | null>(null);
  const first = rows[0];
  const sameOwner = rows.every((row) => row.owner === first?.owner) ? (first?.owner ?? null) : null;
  const allResolved = rows.every((row) => row.state === 'resolved');
  const allClosed = rows.every((row) => row.state === 'resolved' || row.state === 'ignored');
  // What is busy keeps the focus: a button that is disabled under it would lose it to the page.
  const change = (next: GroupChange) => !busy && onChange(next);
  const resolve = () => change({ state: allResolved ? 'open' : 'resolved' });
  const opens = (which: 'ignore' | 'owner') => ({
    open: opened === which,
    onOpenChange: (open: boolean) => setOpened(open ? which : null),
  });
  useHotkeys({
    // For "solved": `e` edits, wherever messages are.
    s: () => rows.length > 0 && resolve(),
    i: () => rows.length > 0 && setOpened('ignore'),
    o: () => rows.length > 0 && setOpened('owner'),
  });
  return (
    <>
      {allClosed && (
        <Button
          aria-disabled={busy}
          {...(allResolved ? { keyHint: 's' } : {})}
          onClick={() => change({ state: 'open' })}
        >
          Reopen
        </Button>
      )}
      {!allResolved && (
        <Button aria-disabled={busy} keyHint="s" onClick={resolve}>
          Resolve
        </Button>
      )}
      <Menu
        {...opens('ignore')}
        side={side}
        title="Ignore for"
        trigger={
          <Button aria-disabled={busy} keyHint="i">
            Ignore
            <ChevronDown size={12} aria-hidden />
          </Button>
        }
        items={ignoreSpans.map(({ label, spanMs }) => ({
          label,
          onChoose: () => change({ state: 'ignored', ignoredUntil: spanMs === null ? null : Date.now() + spanMs }),
        }))}
      />
      <Popover
        {...opens('owner')}
        side={side}
        title="Owner"
        trigger={
          <Button aria-disabled={busy} keyHint="o">
            Owner
            <ChevronDown size={12} aria-hidden />
          </Button>
        }
      >
        <OwnerForm
          owner={sameOwner}
          known={owners}
          onAssign={(owner) => {
            setOpened(null);
            change({ owner });
          }}
        />
      </Popover>
    </>
  );
}
