/**
 * Shortcuts of one character are pressed by accident by those who dictate or whose hand slips (WCAG 2.1.4), so they can be turned off. A cookie
 * remembers it: off is said, on is not.
 */
const name = 'redeliver-character-keys';

/** A letter, digit or sign. Enter, Space, Escape and arrows do what they do everywhere. */
export function isCharacterKey(key: string): boolean {
  return key !== ' ' && Array.from(key).length === 1;
}

/** Whether they work, by the page's cookies. */
export function hasCharacterKeys(cookies: string): boolean {
  return !cookies.split(';').some((cookie) => cookie.trim() === `${name}=off`);
}

export function characterKeysCookie(on: boolean): string {
  return `${name}=${on ? 'on' : 'off'}; path=/; max-age=31536000; samesite=lax`;
}
