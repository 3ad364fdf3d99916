export interface StackFrame {
  readonly text: string;
  readonly kind: 'yours' | 'library' | 'cause' | 'other';
}

const maxLines = 400;

// Frames of runtimes, frameworks and client libraries; everything else that looks like a frame is taken for the user's own code.
const library =
  /node_modules[\\/]|\(node:|\bat node:|internal\/|(?:^|[\s/])(?:java|javax|jakarta|jdk|sun|kotlin|scala)\.|\borg\.(?:springframework|apache|hibernate|junit|postgresql|jetbrains)\.|\bcom\.(?:sun|fasterxml|zaxxer|rabbitmq|amazonaws|google)\.|\breactor\.|\bio\.(?:netty|micrometer)\.|site-packages[\\/]|[\\/]lib[\\/]python\d|kafkajs\/|amqplib\/|\bSystem\.|\bMicrosoft\./;
const frame = /^\s*(?:at\s|File "|from\s|\S+\.(?:rb|go|php):\d+)/;
const cause = /^\s*(?:Caused by:|Suppressed:|During handling of|The above exception|Traceback )/;

/** The lines of a stack trace, each with whose code it is. */
export function readFrames(stackTrace: string): readonly StackFrame[] {
  return stackTrace
    .slice(0, 128_000)
    .split(/\r?\n/, maxLines)
    .filter((line) => line.trim() !== '')
    .map((line) => ({ text: line, kind: kindOf(line) }));
}

function kindOf(line: string): StackFrame['kind'] {
  if (cause.test(line)) return 'cause';
  if (/^\s*\.\.\. \d+ more/.test(line)) return 'library';
  if (!frame.test(line)) return 'other';
  return library.test(line) ? 'library' : 'yours';
}
