import { visibleText } from '#lib/domain/visible-text.ts';

/**
 * Metrics with a series for each queue, group or reader, in Prometheus' text format. They are written anew for each scrape, tens of thousands of lines, and
 * prom-client takes several times as long for the same text: it hashes, copies and escapes the labels of each series each time.
 */
export interface Family {
  clear(): void;
  /** `labels` as `labelsOf` writes them. */
  add(labels: string, value: number): void;
  /** A line as `add` writes it, to be kept and appended more than once. */
  line(labels: string, value: number): string;
  append(lines: string): void;
  text(): string;
}

export function createFamily(type: 'gauge' | 'counter', name: string, help: string): Family {
  const head = `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;
  let lines = '';
  const line = (labels: string, value: number): string => `${name}{${labels}} ${value}\n`;
  return {
    line,
    append(more) {
      lines += more;
    },
    clear() {
      lines = '';
    },
    add(labels, value) {
      lines += line(labels, value);
    },
    text: () => head + lines,
  };
}

/** `connection="orders",queue="a\"b"`: what strangers choose cannot end a value or a line, nor hide in one. */
export function labelsOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return visibleText(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
