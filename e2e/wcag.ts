import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './console.ts';

export const colorSchemes = ['light', 'dark'] as const;
export type ColorScheme = (typeof colorSchemes)[number];

/** What another set of colours can break; the rest was looked at in light. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/** What is on the page now meets WCAG 2.2 AA; `name` is how a violation calls it. */
export async function expectToMeetWcag(page: Page, name: string, colorScheme: ColorScheme): Promise<void> {
  const axe = new AxeBuilder({ page });
  const chosen =
    colorScheme === 'light'
      ? axe.withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
      : axe.withRules([...colourRules]);
  const { violations } = await chosen.analyze();
  expect(violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual(
    [],
  );
}
