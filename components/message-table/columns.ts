import clsx from 'clsx';

/** The columns, which the header and every row share. Error takes what is left. */
export function columnsClass(withOrigin: boolean): string {
  const wide = withOrigin
    ? 'grid-cols-[36px_76px_minmax(160px,1fr)_136px_132px_168px_52px_92px]'
    : 'grid-cols-[36px_76px_minmax(160px,1fr)_168px_144px_52px_92px]';
  return clsx('grid', wide, narrower);
}

/** Without event type and origin, then without key: see `wideOnly` and `notNarrow`. */
const narrower =
  'max-2xl:in-data-[beside]:grid-cols-[36px_76px_minmax(140px,1fr)_96px_52px_92px] max-xl:grid-cols-[36px_76px_minmax(140px,1fr)_96px_52px_92px] max-xl:in-data-[beside]:grid-cols-[36px_64px_minmax(110px,1fr)_52px_88px] max-lg:grid-cols-[36px_64px_minmax(110px,1fr)_52px_88px]';

/** Columns that give way when the window is narrow, or a message is open beside a table of ordinary width. */
export const wideOnly = 'max-xl:hidden max-2xl:in-data-[beside]:hidden';
export const notNarrow = 'max-lg:hidden max-xl:in-data-[beside]:hidden';

/** The id that the table's focus points to. */
export function rowDomId(messageId: string): string {
  return `row-${messageId}`;
}
