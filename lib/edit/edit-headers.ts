import type { ConventionChain } from '#lib/conventions/chain.ts';
import { bytesHeader, textHeader, type BrokerKind, type Header, type HeaderValue } from '#lib/domain/message.ts';
import { headerClass } from '#lib/edit/header-class.ts';
import type { EditProblem, HeaderEdit } from '#lib/domain/message-edit.ts';
import { editProblem } from '#lib/edit/check-edit.ts';
import { maxSqsAttributes } from '#lib/replay/outgoing.ts';

/** The headers after the edits, in their order; a problem where one of the edits cannot be made. What no edit names stays byte for byte. */
export function editHeaders(
  headers: readonly Header[],
  edits: readonly HeaderEdit[],
  kind: BrokerKind,
  conventions?: ConventionChain,
): readonly Header[] | EditProblem {
  let edited = headers;
  for (const edit of edits) {
    const { kind: of, why } = headerClass(edit.name, kind, conventions);
    if (of === 'locked') return editProblem(`the header ${edit.name} is locked: ${why}`);
    if (edit.change === 'remove') {
      edited = edited.filter(({ name }) => name !== edit.name);
      continue;
    }
    const set = setHeader(edited, edit, kind);
    if ('text' in set) return set;
    edited = set;
  }
  if (kind === 'sqs' && edited.length > Math.max(headers.length, maxSqsAttributes))
    return editProblem(`it would have ${edited.length} attributes, and SQS takes ${maxSqsAttributes}`);
  return edited;
}

function setHeader(
  headers: readonly Header[],
  { name, value }: Extract<HeaderEdit, { readonly change: 'set' }>,
  kind: BrokerKind,
): readonly Header[] | EditProblem {
  if (kind === 'sqs' && value === '')
    return editProblem(`the attribute ${name} would be empty, and SQS takes none such`);
  const first = headers.find((header) => header.name === name);
  if (!first) return [...headers, newHeader(name, value, kind)];
  const typed = withText(first.value, value);
  if (typed === null) return editProblem(`the header ${name} is ${typeWords(first.value)}, and the new value is none`);
  return headers.flatMap((header) => {
    if (header === first) return [{ ...header, value: typed ?? newHeader(name, value, kind).value }];
    return header.name === name ? [] : [header];
  });
}

function newHeader(name: string, value: string, kind: BrokerKind): Header {
  return kind === 'kafka' ? bytesHeader(name, value) : textHeader(name, value, kind === 'sqs' ? 'String' : 'longstr');
}

/** The value in the type of the old one; `null` where it is none of that type, `undefined` where the old one has none that a text could keep. */
function withText(old: HeaderValue, text: string): HeaderValue | null | undefined {
  switch (old.kind) {
    case 'bytes':
      if (old.type === 'table' || old.type === 'list') return undefined;
      return { ...old, bytes: new TextEncoder().encode(text) };
    case 'text':
      return !/^Number\b/.test(old.type ?? '') || isNumber(text) ? { ...old, text } : null;
    case 'integer':
      return /^-?\d+$/.test(text) ? { ...old, text } : null;
    case 'decimal':
      return isNumber(text) ? { ...old, text } : null;
    case 'timestamp':
      return /^-?\d+$/.test(text) ? { ...old, text } : null;
    case 'number':
      return isNumber(text) ? { ...old, value: Number(text) } : null;
    case 'boolean':
      return text === 'true' || text === 'false' ? { kind: 'boolean', value: text === 'true' } : null;
    case 'null':
    case 'table':
    case 'list':
      return undefined;
  }
}

function isNumber(text: string): boolean {
  return /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
}

function typeWords(value: HeaderValue): string {
  switch (value.kind) {
    case 'boolean':
      return 'true or false';
    case 'timestamp':
      return `an instant in ${value.unit === 's' ? 'seconds' : 'milliseconds'} since 1970`;
    default:
      return 'a number';
  }
}
