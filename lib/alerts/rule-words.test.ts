import { expect, test } from 'vitest';
import { ruleWords } from '#lib/alerts/rule-words.ts';
import { builtInRules } from '#lib/alerts/rule.ts';

test('a connection that hangs is in the words of the rule that fires for it', () => {
  const rule = builtInRules.find(({ kind }) => kind === 'connection-failing');
  expect(rule && ruleWords(rule)).toBe('A broker cannot be reached, or does not answer, for 15 seconds or longer');
});
