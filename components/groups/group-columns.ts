/** The columns, which the header and every row share. The title takes what is left. */
export const groupColumns =
  'grid grid-cols-[36px_116px_minmax(200px,1fr)_140px_92px_76px_76px_116px] max-xl:grid-cols-[36px_112px_minmax(180px,1fr)_140px_80px_68px] max-lg:grid-cols-[36px_108px_minmax(140px,1fr)_84px_68px] max-md:grid-cols-[32px_48px_minmax(100px,1fr)_78px_58px]';

/** Columns that give way in narrow windows. */
export const wideColumn = 'max-xl:hidden';
export const middleColumn = 'max-lg:hidden';

/** The id that the table's focus points to. */
export function groupDomId(fingerprint: string): string {
  return `group-${fingerprint}`;
}

/** A row is this high, as a class and for placing it. */
export const groupRowHeight = 'h-[50px]';
export const groupRowHeightPx = 50;
