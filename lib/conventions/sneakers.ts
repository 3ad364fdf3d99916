import type { Convention } from '#lib/conventions/convention.ts';
import { entryText, valueText, wholeNumber } from '#lib/conventions/header-index.ts';
import { isoInstant } from '#lib/conventions/instants.ts';
import type { JsonFields } from '#lib/conventions/json-fields.ts';
import { jsonObjects, textField, wholeField } from '#lib/conventions/json-text.ts';
import type { HeaderValue } from '#lib/domain/message.ts';

interface RetryInfo {
  text(name: string): string | undefined;
  whole(name: string): number | undefined;
  backtrace(): string | undefined;
}

/** Sneakers' (Ruby) `Maxretry` handler: `retry_info` as JSON text, as a table, or as a list of these, of which the last is the newest. */
export const sneakers: Convention = {
  name: 'Sneakers',
  marks: ['retry_info'],
  owns: (name) => name.toLowerCase() === 'retry_info',
  read({ headers }) {
    const info = infoOf(headers.value('retry_info'));
    if (info === undefined) return null;
    return {
      failure: {
        errorClass: info.text('error_class'),
        errorMessage: info.text('error_message') ?? info.text('error'),
        stackTrace: info.backtrace(),
        attempts: info.whole('num_attempts'),
      },
      at: isoInstant(info.text('failed_at')),
    };
  },
};

function infoOf(value: HeaderValue | undefined): RetryInfo | undefined {
  if (value === undefined) return undefined;
  if (value.kind === 'table') return ofTable(value);
  if (value.kind === 'list') {
    const last = value.items.at(-1);
    return last === undefined || last.kind === 'list' ? undefined : infoOf(last);
  }
  const object = jsonObjects(valueText(value)).at(-1);
  return object === undefined ? undefined : ofJson(object);
}

function ofTable(table: HeaderValue): RetryInfo {
  return {
    text: (name) => entryText(table, name),
    whole: (name) => wholeNumber(entryText(table, name)),
    backtrace: () => entryText(table, 'backtrace'),
  };
}

function ofJson(object: JsonFields): RetryInfo {
  return {
    text: (name) => textField(object, name),
    whole: (name) => wholeField(object, name),
    backtrace() {
      const lines = object.value('backtrace');
      if (Array.isArray(lines)) return lines.filter((line) => typeof line === 'string').join('\n');
      return textField(object, 'backtrace');
    },
  };
}
