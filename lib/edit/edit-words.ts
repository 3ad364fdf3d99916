import type { MessageEdit } from '#lib/domain/message-edit.ts';
import { patchText } from '#lib/edit/check-edit.ts';
import { readPatch } from '#lib/edit/json-patch.ts';

/** What an edit changes, a line each: `replace /customer/zip`, `header tenant set to north`. */
export function editLines({ body, headers, key }: MessageEdit): readonly string[] {
  const lines: string[] = [];
  if (body?.kind === 'replace') lines.push('the whole body is another one');
  if (body?.kind === 'patch') {
    const patch = readPatch(patchText(body.operations));
    if ('text' in patch) lines.push('a JSON Patch that may not be shown whole');
    else
      for (const operation of patch) {
        const from = 'from' in operation ? ` from ${operation.from}` : '';
        lines.push(`body: ${operation.op} ${operation.path === '' ? 'the whole document' : operation.path}${from}`);
      }
  }
  for (const header of headers)
    lines.push(
      header.change === 'set' ? `header ${header.name} set to ${header.value}` : `header ${header.name} removed`,
    );
  if (key) lines.push(key.kind === 'none' ? 'no key' : `key ${key.text}`);
  return lines;
}

/** What stays as it was, in a sentence; `hasKey`: where the broker's messages have keys. */
export function unchangedSentence(edit: MessageEdit | null, hasKey: boolean): string {
  const kept = [hasKey && !edit?.key ? 'key' : null, edit?.body ? null : 'value', 'all other headers'].filter(
    (part) => part !== null,
  );
  const words = kept.length === 1 ? kept.join('') : `${kept.slice(0, -1).join(', ')} and ${kept.at(-1) ?? ''}`;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} go back byte for byte.`;
}
