/**
 * Metrics with a series for each queue, group or reader, in Prometheus' text format. They are written anew for each scrape, tens of thousands of lines, and
 * prom-client takes several times as long for the same text: it hashes, copies and escapes the labels of each series each time.
 */
export interface Family {
  clear(): void;
  /** `labels` as `labelsOf` writes them. */
  add(labels: string, value: number): void;
  text(): string;
}

export function createFamily(type: 'gauge' | 'counter', name: string, help: string): Family {
  const head = `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;
  let lines = '';
  return {
    clear() {
      lines = '';
    },
    add(labels, value) {
      lines += `${name}{${labels}} ${value}\n`;
    },
    text: () => head + lines,
  };
}

/** `connection="orders",queue="a\"b"`: what strangers choose cannot end a value or a line. */
export function labelsOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value.toWellFormed().replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
