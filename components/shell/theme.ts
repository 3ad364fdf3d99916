/** Kept in a cookie, so that the server draws the right one at once and no script has to run before the page. */
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];
export const themeCookie = 'redeliver-theme';

export function themeOf(cookie: string | undefined): Theme {
  return themes.find((each) => each === cookie) ?? 'system';
}
