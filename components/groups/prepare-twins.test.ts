import { expect, test } from 'vitest';
import { twinMarks } from '#components/groups/prepare-twins.ts';

function aTwin(fingerprint: string, change: Partial<Parameters<typeof twinMarks>[0][number]> = {}) {
  const queues = [{ queueId: 'kafka/orders.dlq', count: 1 }];
  return { fingerprint, title: 'TypeError: no city', reason: null, queues, besidesTitle: null, ...change };
}

const made = (frames: readonly string[], payloadShape: string | null = null) => ({
  besidesTitle: { frames, payloadShape, attributes: [], value: null },
});

test('a title of its own needs no mark', () => {
  expect(twinMarks([aTwin('a'), aTwin('b', { title: 'KeyError: vat_id' })])).toEqual(new Map());
});

test('groups that read alike are told apart by the first thing in which all of them differ', () => {
  const elsewhere = { queues: [{ queueId: 'sqs/billing-dlq', count: 2 }] };
  expect(
    twinMarks([aTwin('a', made(['pay.ts#charge'])), aTwin('b', { ...elsewhere, ...made(['pay.ts#refund']) })]),
  ).toEqual(
    new Map([
      ['a', 'in orders.dlq'],
      ['b', 'in billing-dlq'],
    ]),
  );
  expect(twinMarks([aTwin('a', made(['pay.ts#charge'])), aTwin('b', made(['pay.ts#refund']))])).toEqual(
    new Map([
      ['a', 'at pay.ts#charge'],
      ['b', 'at pay.ts#refund'],
    ]),
  );
  expect(twinMarks([aTwin('a', made(['city', 'charge'])), aTwin('b', made(['city', 'refund']))])).toEqual(
    new Map([
      ['a', 'at city ← charge'],
      ['b', 'at city ← refund'],
    ]),
  );
  expect(twinMarks([aTwin('a', made([], '{id:string}')), aTwin('b', made([], '{id:number}'))])).toEqual(
    new Map([
      ['a', 'payload {id:string}'],
      ['b', 'payload {id:number}'],
    ]),
  );
});

test('what long payloads have in common at their beginning gives way to where they differ', () => {
  const shape = (means: string) => `{correlationId:string,data:{amount:number,means:{${means},kind:string}},id:string}`;
  const marks = twinMarks([aTwin('a', made([], shape('brand:string'))), aTwin('b', made([], shape('iban:string')))]);
  expect([...marks.values()]).toEqual([
    'payload … means:{brand:string,kind:string}},id:string}',
    'payload … means:{iban:string,kind:string}},id:string}',
  ]);
  // A field that only one of them has.
  const longer = twinMarks([
    aTwin('a', made([], '{customerId:number,orderId:number}')),
    aTwin('b', made([], '{customerId:number,orderId:number,total:number}')),
  ]);
  expect(longer.get('b')).toBe('payload … orderId:number,total:number}');
});

test('what a person split is told apart by what it was split by', () => {
  const split = (value: string) => ({
    besidesTitle: { frames: ['pay.ts#charge'], payloadShape: null, attributes: [], value },
  });
  expect(twinMarks([aTwin('a', split('order.placed')), aTwin('b', split('order.paid'))]).get('b')).toBe('order.paid');
});

test('where nothing tells them apart the fingerprint does', () => {
  expect(twinMarks([aTwin('abcdefgh'), aTwin('ijklmnop'), aTwin('qrstuvwx')]).get('ijklmnop')).toBe('group ijklmn');
});
