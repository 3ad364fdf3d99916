import { AppError } from '#lib/domain/errors.ts';
import type { Filter, ValueTest } from '#lib/filter/filter.ts';
import { everyHeaderName } from '#lib/masking/header-names.ts';
import type { Masking } from '#lib/masking/masking.ts';

type Condition = Extract<Filter, { readonly kind: 'header' | 'payload' }>;

/**
 * Headers and payloads are searched as they are, so that a question about what is masked in them would be answered truly: it is refused. That there is
 * such a header or field may be asked, because it is shown. Everything else that can be searched was masked before it was indexed.
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
      if (!isPresence(filter.test)) refuseCondition(filter, masking);
      return;
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
  const rule = ruleFor(condition, masking);
  if (rule !== null) {
    throw new AppError('masked', `${what.slice(0, 200)} cannot be searched: it is masked by ${rule}.`, {
      details: { field: 'filter', rule },
    });
  }
  const why = couldTell(condition.test, masking);
  if (why !== null) {
    throw new AppError('masked', `${what.slice(0, 200)} cannot be searched like this: ${why}`, {
      details: { field: 'filter' },
    });
  }
}

function ruleFor(condition: Condition, masking: Masking): string | null {
  if (condition.kind === 'payload') return masking.refusesPath(condition.path);
  for (const name of everyHeaderName(condition.name)) {
    const rule = masking.refusesHeader(name);
    if (rule !== null) return rule;
  }
  return null;
}

/** A value that nothing masks as a whole may hold something that is: with parts of it, a secret could be spelt out. */
function couldTell(test: ValueTest, { settings, text }: Masking): string | null {
  const { fields, patterns } = settings;
  switch (test.kind) {
    case 'is':
      return text(test.value) === test.value ? null : 'the value is one that is masked.';
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
