/** The columns, which the header and every row share. Names take what is left. */
export const lagColumns =
  'grid grid-cols-[minmax(170px,1.3fr)_minmax(130px,1fr)_150px_128px_68px_104px_72px_84px_136px_92px] max-xl:grid-cols-[minmax(150px,1.3fr)_minmax(120px,1fr)_116px_60px_92px_76px_136px_84px] max-lg:grid-cols-[minmax(130px,1.3fr)_minmax(100px,1fr)_104px_88px_72px_136px] max-md:grid-cols-[minmax(110px,1.3fr)_minmax(80px,1fr)_84px_64px]';

/** Columns that give way in narrow windows. */
export const wideColumn = 'max-xl:hidden';
export const middleColumn = 'max-lg:hidden';
export const notSmallColumn = 'max-md:hidden';

export const lagRowHeight = 'h-8';
export const lagRowHeightPx = 32;

/** The id that the table's focus points to. */
export function lagDomId(series: number): string {
  return `lag-${series}`;
}
