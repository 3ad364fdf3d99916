import { expect, it } from 'vitest';
import { mayFit } from '#lib/masking/expression-reach.ts';

const aroundTexts = '"\\';
const aroundNumbers = '"\\:,[]{} \t\n\r';

it.each([
  'BADGE-\\d{6}',
  '(?i)b-\\d{6}',
  '\\bK[0-9]{4,}\\b',
  '[A-Z0-9._-]+@intern\\.example',
  '(?:AB|CD)_\\w+',
  '^\\d{4}$',
])('%s fits nothing that stands around a value', (expression) => {
  expect(mayFit(expression, aroundNumbers)).toBe(false);
});

it.each(['ID \\d{6}', 'ssn: \\d+', 'a,b', 'ID\\ \\d{6}'])('%s fits what stands around a number', (expression) => {
  expect(mayFit(expression, aroundTexts)).toBe(false);
  expect(mayFit(expression, aroundNumbers)).toBe(true);
});

it.each([
  '"ssn":\\s*"\\d{9}"',
  'ssn.{0,5}\\d{9}',
  'ssn\\W+\\d{9}',
  'ssn[^0-9]+\\d{9}',
  'ssn[!-~]\\d',
  'ssn[A-z]\\d',
  'ssn[[:punct:]]\\d',
  'ssn\\x22\\d',
  'ssn\\pP\\d',
  'ssn\\Q"\\E\\d',
  'ssn\\"\\d',
  'ssn[,"]\\d',
  'ssn\\D\\d',
  'ssn\\\\.\\d',
])('%s may fit what stands around any value', (expression) => {
  expect(mayFit(expression, aroundTexts)).toBe(true);
});
