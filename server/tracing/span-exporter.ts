import { SpanKind, SpanStatusCode, type HrTime, type SpanContext } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { TraceContext } from '#lib/trace/trace-context.ts';
import type { TracingSettings } from '#server/config/tracing-settings.ts';
import type { TakeSpans } from '#server/tracing/span-queue.ts';
import type { Span } from '#server/tracing/spans.ts';

export interface SpanExporter {
  /** With the exporter's own retries, for ten seconds at most. */
  readonly take: TakeSpans<Span>;
  close(): void;
}

const timeoutMillis = 10_000;

/** OTLP over HTTP. Its packages are loaded here and nowhere else: where no tracing is configured they cost nothing. */
export async function openSpanExporter(settings: TracingSettings, version: string): Promise<SpanExporter> {
  const [{ OTLPTraceExporter }, { defaultResource, resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/exporter-trace-otlp-proto'),
    import('@opentelemetry/resources'),
  ]);
  const exporter = new OTLPTraceExporter({
    url: settings.url,
    headers: Object.fromEntries(settings.headers.map(({ name, secret }) => [name, secret])),
    timeoutMillis,
  });
  const resource = defaultResource().merge(
    resourceFromAttributes({ 'service.name': settings.serviceName, 'service.version': version }),
  );
  return {
    take: (spans) => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      // 0 is success.
      exporter.export(
        spans.map((span) => readable(span, resource)),
        ({ code }) => resolve(code === 0),
      );
      return promise;
    },
    close: () => void exporter.shutdown().catch(() => undefined),
  };
}

function readable(span: Span, resource: Resource): ReadableSpan {
  const { name, attributes, parent, time, error } = span;
  const context = spanContext(span.context);
  return {
    name,
    kind: span.kind === 'producer' ? SpanKind.PRODUCER : SpanKind.INTERNAL,
    spanContext: () => context,
    ...(parent && { parentSpanContext: spanContext(parent) }),
    startTime: hrTime(time.from),
    endTime: hrTime(time.to),
    duration: hrTime(time.to - time.from),
    status: error === null ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
    attributes: { ...attributes },
    links: span.links.map((link) => ({ context: spanContext(link) })),
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'redeliver' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function spanContext({ traceId, spanId, flags }: TraceContext): SpanContext {
  return { traceId, spanId, traceFlags: flags };
}

function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1_000_000)];
}
