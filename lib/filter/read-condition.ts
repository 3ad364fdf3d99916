import { deadLetterStates } from '#lib/domain/dead-letter.ts';
import {
  fieldLabel,
  type FieldName,
  type FilterField,
  filterFields,
  findField,
  nearestField,
} from '#lib/filter/fields.ts';
import { everything, type Filter, type TextField, type ValueField } from '#lib/filter/filter.ts';
import { readNumberRange, readTimeRange, readValueTest } from '#lib/filter/read-range.ts';
import { FilterSyntaxError, type Token, type Written } from '#lib/filter/tokens.ts';

export type FieldToken = Extract<Token, { readonly kind: 'field' }>;

/** What `name:value` asks for; all but `since` and `until`, which are about the whole filter. Throws FilterSyntaxError. */
export function readCondition(token: FieldToken, now: number): Filter {
  const field = findField(token.name);
  if (!field) throw unknownField(token);
  if (token.exact && !('exactToo' in field) && field.value !== 'exact' && field.value !== 'named')
    throw new FilterSyntaxError(`${field.name}: takes no "=". Write ${field.example}.`, token);
  if (field.value === 'named' && token.path.length === 0)
    throw new FilterSyntaxError(`${field.name} takes a name after a dot, for example ${field.example}.`, token);
  if (token.value === null) throw missingValue(field, token);
  return toFilter(field.name, token.value, token, now);
}

export function missingValue(field: FilterField, token: FieldToken): FilterSyntaxError {
  const written = [field.name, ...token.path].join('.');
  return new FilterSyntaxError(`A value is missing after ${written}: — for example ${field.example}.`, token);
}

/** A part of a text, ignoring case. A star alone, as a word, is everything. */
export function textCondition(field: TextField, { parts, quoted }: Written): Filter {
  const [value = '', ...others] = parts;
  if (others.length === 0) return { kind: 'contains', field, value };
  if (field === 'text' && !quoted && parts.every((part) => part === '')) return everything;
  return { kind: 'like', field, parts };
}

/** As it was written, stars included. */
export function textOf({ parts }: Written): string {
  return parts.join('*');
}

function toFilter(field: FieldName, written: Written, token: FieldToken, now: number): Filter {
  const { exact, at } = token;
  const value = textOf(written);
  switch (field) {
    case 'error':
    case 'origin':
      return textCondition(field, written);
    case 'key':
    case 'type':
      return exact ? valueCondition(field, written) : textCondition(field, written);
    case 'class':
    case 'reason':
    case 'correlation':
    case 'causation':
    case 'event':
    case 'trace':
    case 'connection':
    case 'replay':
      return valueCondition(field, written);
    case 'queue':
      // Ids that the console writes itself are meant to the letter, a star in them included.
      if (exact) return { kind: 'equals', field, value };
      if (written.quoted && written.parts.some((part) => part.includes('*')))
        throw new FilterSyntaxError(
          'In quotes a * is only a *. For one queue with a star in its name write queue:=',
          at,
        );
      return { kind: 'queue', pattern: value };
    case 'state': {
      const state = deadLetterStates.find((known) => known === value.toLowerCase());
      if (!state) throw new FilterSyntaxError(`There is no state "${value.slice(0, 40)}". ${statesInWords}.`, at);
      return { kind: 'state', state };
    }
    case 'group': {
      const fingerprints = value.split(',');
      if (!fingerprints.every((fingerprint) => /^[\w.-]{1,100}$/.test(fingerprint)))
        throw new FilterSyntaxError(
          "group: takes a group's fingerprint, 20 letters and digits, or several with commas between.",
          at,
        );
      return { kind: 'group', fingerprints };
    }
    case 'header':
      return { kind: 'header', name: token.path.join('.'), test: readValueTest(written, at) };
    case 'payload':
      return { kind: 'payload', path: token.path, test: readValueTest(written, at) };
    case 'attempts':
    case 'returns':
    case 'size':
      return { kind: 'number', field, ...readNumberRange(field, written, at) };
    case 'at':
    case 'original':
    case 'expires':
      return { kind: 'time', field, ...readTimeRange(field, written, at, now) };
    case 'since':
    case 'until':
      throw new FilterSyntaxError(`${field}: holds for the whole filter.`, token);
  }
}

function valueCondition(field: ValueField, { parts }: Written): Filter {
  const [value = '', ...others] = parts;
  return others.length === 0 ? { kind: 'equals', field, value } : { kind: 'matches', field, parts };
}

const statesInWords = `Possible are ${deadLetterStates.join(', ')}`;

function unknownField(token: FieldToken): FilterSyntaxError {
  const near = nearestField(token.name);
  const names = filterFields.map(fieldLabel).join(' ');
  const hint = near
    ? `Did you mean ${fieldLabel(near)}?`
    : `Possible are ${names} — to look for text with a colon, write it in quotes.`;
  return new FilterSyntaxError(`Unknown field '${token.name.slice(0, 40)}'. ${hint}`, {
    position: token.position,
    length: token.name.length,
  });
}
