import { describe, expect, it, test } from 'vitest';
import { withConfigured } from '#lib/conventions/chain.ts';
import type { QueueContext } from '#lib/conventions/convention.ts';
import { normalise } from '#lib/conventions/normalise.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';

const kafka: QueueContext = { kind: 'kafka', queueName: 'orders.dlq', origins: [] };
const rabbit: QueueContext = { kind: 'rabbitmq', queueName: 'email.dlq', origins: [] };

type Said = Readonly<Record<string, string>>;
const withHeaders = (headers: Said) =>
  Object.entries(headers).reduce((letter, [name, value]) => letter.withHeader(name, value), aDeadLetter());
const of = (headers: Said, body = '{}') => {
  const { correlationId, causationId } = normalise(withHeaders(headers).withBody(body).raw(), kafka);
  return [correlationId, causationId];
};

describe('what a message belongs to, and what it came of', () => {
  it.each<readonly [string, Said, string | null, string | null]>([
    ['plain headers', { 'correlation-id': 'c', 'causation-id': 'e' }, 'c', 'e'],
    ["those of HTTP's kind", { 'X-Correlation-ID': 'c', 'X-Causation-ID': 'e' }, 'c', 'e'],
    ['those of Spring', { correlationId: 'c', causationId: 'e' }, 'c', 'e'],
    ['those of Watermill', { correlation_id: 'c' }, 'c', null],
    ['extensions of CloudEvents', { ce_id: 'x', ce_correlationid: 'c', ce_causationid: 'e' }, 'c', 'e'],
    ['stores of events', { $correlationId: 'c', $causationId: 'e' }, 'c', 'e'],
    ['NServiceBus', { 'NServiceBus.CorrelationId': 'c', 'NServiceBus.RelatedTo': 'e' }, 'c', 'e'],
    ['NServiceBus without one', { 'NServiceBus.ConversationId': 'c' }, 'c', null],
    ['Rebus', { 'rbs2-corr-id': 'c', 'rbs2-in-reply-to': 'e' }, 'c', 'e'],
    ['MassTransit', { ConversationId: 'talk', 'MT-InitiatorId': 'e' }, 'talk', 'e'],
    ['MassTransit with one', { ConversationId: 'talk', CorrelationId: 'c' }, 'c', null],
    ['Axon 4', { 'axon-metadata-traceId': 'first', 'axon-metadata-correlationId': 'before' }, 'first', 'before'],
    ['Axon 5', { 'axon-metadata-correlationId': 'first', 'axon-metadata-causationId': 'before' }, 'first', 'before'],
    ['Celery', { task: 't', id: 'i', retries: '1', root_id: 'root', parent_id: 'parent' }, 'root', 'parent'],
    ['nobody', { 'my-correlation': 'x', 'causation-idea': 'y' }, null, null],
  ])('as %s say it', (_, headers, correlation, causation) => {
    expect(of(headers)).toEqual([correlation, causation]);
  });

  it.each([
    ['its own fields', '{"correlationId":"c","causationId":"e"}', 'c', 'e'],
    ['structured CloudEvents', '{"specversion":"1.0","id":"1","correlationid":"c","causationid":"e"}', 'c', 'e'],
    ['its metadata', '{"data":{},"metadata":{"correlationId":"c","causationId":"e"}}', 'c', 'e'],
    ['MassTransit', '{"messageType":["urn:message:A"],"conversationId":"c","initiatorId":"e"}', 'c', 'e'],
    ['fields of anybody else', '{"conversationId":"chat","initiatorId":"user-1"}', null, null],
    ['what is no text', '{"correlationId":{"a":1},"causationId":null}', null, null],
  ])('in the body: %s', (_, body, correlation, causation) => {
    expect(of({}, body)).toEqual([correlation, causation]);
  });

  it('in a header rather than in the body', () => {
    expect(of({ 'correlation-id': 'header' }, '{"correlationId":"body","causationId":"e"}')).toEqual(['header', 'e']);
  });
});

test("RabbitMQ's own property says it, and a header says it before", () => {
  const letter = aDeadLetter().fromRabbitMq().withProperty('correlation-id', 'property');
  expect(normalise(letter.raw(), rabbit).correlationId).toBe('property');
  expect(normalise(letter.withHeader('x-correlation-id', 'header').raw(), rabbit).correlationId).toBe('header');
});

test('a name of your own says it before all others', () => {
  const chain = withConfigured([
    { name: 'acme', fields: { causationId: { header: 'x-acme-because', decoder: 'text' } } },
  ]);
  const raw = withHeaders({ 'x-acme-because': 'acme', 'causation-id': 'other' }).raw();
  expect(normalise(raw, kafka, chain).causationId).toBe('acme');
});
