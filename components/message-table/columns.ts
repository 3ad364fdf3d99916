import clsx from 'clsx';

/**
 * The columns, which the header and every row share. Error takes what is left. They follow the width of the table itself, not of the window,
 * because a message or a plan may stand beside it: first the event type gives way, then the tries, then one of key and origin, and the other last; over
 * several queues that is the queue. When it failed, why, and the state never do.
 */
export function columnsClass({ withQueue, withOrigin }: Pick<ShownColumns, 'withQueue' | 'withOrigin'>): string {
  const full = withQueue
    ? withOrigin
      ? 'grid-cols-[36px_72px_minmax(160px,1fr)_minmax(120px,176px)_112px_120px_140px_48px_96px]'
      : 'grid-cols-[36px_72px_minmax(200px,1fr)_minmax(120px,180px)_112px_124px_48px_96px]'
    : withOrigin
      ? 'grid-cols-[36px_76px_minmax(160px,1fr)_128px_132px_160px_52px_96px]'
      : 'grid-cols-[36px_76px_minmax(160px,1fr)_152px_144px_52px_96px]';
  const narrower = withQueue
    ? withOrigin
      ? '@max-[920px]:grid-cols-[36px_72px_minmax(120px,1fr)_minmax(100px,150px)_104px_120px_48px_96px] @max-[760px]:grid-cols-[36px_68px_minmax(120px,1fr)_112px_104px_96px]'
      : '@max-[920px]:grid-cols-[36px_72px_minmax(140px,1fr)_minmax(100px,150px)_104px_48px_96px] @max-[760px]:grid-cols-[36px_68px_minmax(120px,1fr)_112px_104px_96px]'
    : withOrigin
      ? '@max-[920px]:grid-cols-[36px_72px_minmax(140px,1fr)_112px_128px_48px_96px] @max-[760px]:grid-cols-[36px_68px_minmax(140px,1fr)_104px_120px_96px] @max-[600px]:grid-cols-[36px_68px_minmax(120px,1fr)_104px_96px]'
      : '@max-[920px]:grid-cols-[36px_72px_minmax(140px,1fr)_112px_52px_96px] @max-[760px]:grid-cols-[36px_68px_minmax(120px,1fr)_112px_96px]';
  const narrowest = withQueue
    ? '@max-[560px]:grid-cols-[36px_68px_minmax(100px,1fr)_120px_96px]'
    : '@max-[440px]:grid-cols-[36px_68px_minmax(90px,1fr)_96px]';
  const last = withQueue && '@max-[440px]:grid-cols-[36px_68px_minmax(90px,1fr)_96px]';
  return clsx('grid', full, narrower, narrowest, last);
}

export interface ShownColumns {
  /** Where the table is over several queues. */
  readonly withQueue: boolean;
  /** Where its messages come from several places. */
  readonly withOrigin: boolean;
  /** Where they are ordered by it: beside each error, in no column of its own. */
  readonly withExpiry: boolean;
}

/** Columns that give way, in the order in which they do; the widths are those of `columnsClass`. */
export const typeColumn = '@max-[920px]:hidden';
export const triesColumn = '@max-[760px]:hidden';
export function originColumn({ withQueue }: Pick<ShownColumns, 'withQueue'>): string {
  return withQueue ? '@max-[760px]:hidden' : '@max-[600px]:hidden';
}
export function keyColumn({ withQueue }: Pick<ShownColumns, 'withQueue'>): string {
  return withQueue ? '@max-[560px]:hidden' : '@max-[440px]:hidden';
}
export const queueColumn = '@max-[440px]:hidden';

/** The id that the table's focus points to. */
export function rowDomId(messageId: string): string {
  return `row-${messageId}`;
}
