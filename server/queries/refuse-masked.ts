import { AppError } from '#lib/domain/errors.ts';
import { canonicalDecimal, isDecimal, spellings } from '#lib/filter/decimal.ts';
import type { Filter, ValueTest } from '#lib/filter/filter.ts';
import { everyHeaderName } from '#lib/masking/header-names.ts';
import type { Masking } from '#lib/masking/masking.ts';

type Condition = Extract<Filter, { readonly kind: 'header' | 'payload' }>;

/**
 * Headers and payloads are searched as they are, so that a question about what is masked in them would be answered truly: it is refused. That there is
 * such a header or field may be asked, because it is shown, but not what it holds. Everything else that can be searched was masked before it was indexed.
 */
export function refuseMasked(filter: Filter, masking: Masking): void {
  switch (filter.kind) {
    case 'and':
    case 'or':
      for (const term of filter.terms) refuseMasked(term, masking);
      return;
    case 'not':
      return refuseMasked(filter.term, masking);
    case 'header':
    case 'payload':
      return refuseCondition(filter, masking);
    default:
      return;
  }
}

/** `header.tenant:*` */
function isPresence(test: ValueTest): boolean {
  return test.kind === 'matches' && test.parts.every((part) => part === '');
}

function refuseCondition(condition: Condition, masking: Masking): void {
  const what = condition.kind === 'header' ? `header.${condition.name}` : `payload.${condition.path.join('.')}`;
  const shownName = masking.text(what) === what ? what.slice(0, 200) : condition.kind;
  const rule = ruleFor(condition, masking);
  if (rule !== null) {
    throw new AppError('masked', `${shownName} cannot be searched: it is masked by ${rule}.`, {
      details: { field: 'filter', rule },
    });
  }
  const why = couldTell(condition, masking);
  if (why !== null) {
    throw new AppError('masked', `${shownName} cannot be searched like this: ${why}`, { details: { field: 'filter' } });
  }
}

function ruleFor(condition: Condition, masking: Masking): string | null {
  const asksWhether = isPresence(condition.test);
  if (condition.kind === 'payload')
    return masking.refusesPath(asksWhether ? condition.path.slice(0, -1) : condition.path);
  const names = everyHeaderName(condition.name);
  for (const name of [...(names?.around ?? []), ...(asksWhether ? [] : (names?.own ?? []))]) {
    const rule = masking.refusesHeader(name);
    if (rule !== null) return rule;
  }
  return null;
}

/** A value that nothing masks as a whole may hold something that is: with parts of it, a secret could be spelt out. */
function couldTell(condition: Condition, masking: Masking): string | null {
  const { test } = condition;
  const { fields, patterns } = masking.settings;
  const name = condition.kind === 'header' ? headerProblem(condition.name, masking) : pathProblem(condition, masking);
  if (name !== null || isPresence(test)) return name;
  switch (test.kind) {
    case 'is':
      return isMaskedValue(condition, test.value, masking) ? 'the value is one that is masked.' : null;
    case 'matches':
      return fields.length + patterns.length === 0
        ? null
        : 'parts of values may be masked, so that only whole values can be asked for, without *.';
    case 'range':
      return patterns.length === 0
        ? null
        : 'numbers may be masked by a pattern, so that ranges of them cannot be asked for.';
  }
}

const maskedName = 'a name in it is one that is masked.';

function headerProblem(name: string, { settings, text }: Masking): string | null {
  if (settings.headers.length + settings.patterns.length === 0) return null;
  const names = everyHeaderName(name);
  if (names === null) return 'a name so long cannot be looked through for what is masked.';
  return [...names.around, ...names.own].some((each) => text(each) !== each) ? maskedName : null;
}

function pathProblem({ path, test }: Extract<Condition, { readonly kind: 'payload' }>, masking: Masking) {
  const isNumber = test.kind === 'range' || (test.kind === 'is' && isWord(test.value));
  if (masking.looksAround === 'all-values')
    return 'a pattern may look at more than a value, so that none of a payload can be asked for.';
  if (masking.looksAround === 'numbers' && isNumber)
    return 'a pattern may look at more than a value, so that no number of a payload can be asked for.';
  const document = documentOf(path, 'null');
  return masking.text(document) === document ? null : maskedName;
}

/** By itself, and in the place where it would stand: a rule may be about both. */
function isMaskedValue(condition: Condition, value: string, masking: Masking): boolean {
  const isMasked = (text: string) => masking.text(text) !== text;
  if (isMasked(value)) return true;
  if (condition.kind === 'header') {
    const bytes = bytesOfHex(value);
    return bytes !== null && !masking.canShowBytes(bytes);
  }
  if (isMasked(documentOf(condition.path, JSON.stringify(value)))) return true;
  // A number is found however it is spelt.
  return isDecimal(value) && [canonicalDecimal(value), ...spellings(value)].some(isMasked);
}

function documentOf(path: readonly string[], value: string): string {
  return `${path.map((name) => `{${JSON.stringify(name)}:`).join('')}${value}${'}'.repeat(path.length)}`;
}

/** What stands in JSON without quotes. */
function isWord(value: string): boolean {
  return isDecimal(value) || value === 'true' || value === 'false' || value === 'null';
}

/** As a header that is no text is shown; eight bytes are a number, and no rule is about them. */
function bytesOfHex(value: string): Uint8Array | null {
  const hex = /^((?:[\da-f]{2} ){8,}[\da-f]{2})(?: … \(\d+ bytes\))?$/.exec(value)?.[1];
  return hex === undefined ? null : Uint8Array.from(hex.split(' '), (byte) => Number.parseInt(byte, 16));
}
