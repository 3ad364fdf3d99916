import type { Header } from '#lib/domain/message.ts';

/** As Kafka, HTTP and AMQP spell the attributes of an event in its binary mode: https://github.com/cloudevents/spec/tree/v1.0.2/cloudevents/bindings */
const attribute =
  /^(?:ce[_-]|cloudEvents:)(id|source|specversion|type|time|subject|dataschema|traceparent|tracestate)$/i;

/**
 * What the report says of a CloudEvent whose attributes are headers; `null` where it is none. The headers are named and not quoted: their values
 * stand in their own place, masked where they are to be.
 */
export function cloudEventNote(headers: readonly Header[]): string | null {
  const found = headers.flatMap(({ name }) => (attribute.test(name) ? name : []));
  const said = new Set(found.map((name) => attribute.exec(name)?.[1]?.toLowerCase()));
  if (!said.has('id') || !said.has('type') || !said.has('source')) return null;
  return `in binary mode: its attributes are the headers ${[...new Set(found)].join(', ')}, and the payload is its data`;
}
