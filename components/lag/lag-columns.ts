/** The columns, which the header and every row share. Names take what is left. */
export const lagColumns =
  'grid grid-cols-[minmax(170px,1.3fr)_minmax(130px,1fr)_134px_128px_84px_104px_80px_84px_136px_minmax(150px,0.8fr)] max-xl:grid-cols-[minmax(116px,1.2fr)_minmax(72px,0.8fr)_114px_84px_64px_136px_minmax(136px,1fr)] max-md:grid-cols-[minmax(110px,1.3fr)_minmax(80px,1fr)_84px_64px]';

/** Columns that give way in narrow windows. */
export const wideColumn = 'max-xl:hidden';
export const notSmallColumn = 'max-md:hidden';

export const lagRowHeight = 'h-8';
export const lagRowHeightPx = 32;

/** The id that the table's focus points to. */
export function lagDomId(series: number): string {
  return `lag-${series}`;
}
