import type { Dice } from '#server/sandbox/seed/dice.ts';
import { exactly } from '#server/sandbox/seed/json-text.ts';

type Several<Item> = readonly [Item, ...Item[]];

/** Who buys and what is sold. The names are invented; the addresses end in domains that are reserved for examples (RFC 2606). */
export const people: Several<string> = [
  'Ada Okafor',
  'Bruno Keller',
  'Chiara Rossi',
  'Daniel Novák',
  'Elif Yılmaz',
  'Fatou Diallo',
  'Gustav Lindqvist',
  'Hana Sato',
  'Ivo Petrov',
  'Jana Schäfer',
  'Kofi Mensah',
  'Lucía Fernández',
  'Marta Kowalska',
  'Noah van Dijk',
  'Olivia Brown',
  'Pavel Dvořák',
  'Quentin Moreau',
  'Rania Haddad',
  'Søren Nielsen',
  'Tuula Virtanen',
  'Uma Krishnan',
  'Viktor Horvat',
  'Wanjiru Kamau',
  'Zoë Meier',
];

export const places: Several<{ street: string; city: string; postalCode: string; country: string }> = [
  { street: 'Bahnhofstrasse 12', city: 'Zürich', postalCode: '8001', country: 'CH' },
  { street: '4 Rue des Lilas', city: 'Lyon', postalCode: '69003', country: 'FR' },
  { street: 'Torstraße 88', city: 'Berlin', postalCode: '10119', country: 'DE' },
  { street: '17 Harbour Road', city: 'Belfast', postalCode: 'BT1 3NH', country: 'GB' },
  { street: 'Strandvägen 5', city: 'Stockholm', postalCode: '114 51', country: 'SE' },
  { street: 'Via Garibaldi 30', city: 'Torino', postalCode: '10122', country: 'IT' },
  { street: 'ul. Długa 9', city: 'Kraków', postalCode: '31-146', country: 'PL' },
];

export const articles: Several<{ sku: string; name: string; price: string }> = [
  { sku: 'MUG-0042', name: 'Enamel mug', price: '14.90' },
  { sku: 'LMP-1107', name: 'Desk lamp', price: '79.00' },
  { sku: 'CHR-2210', name: 'Oak chair', price: '249.50' },
  { sku: 'BAG-0314', name: 'Canvas bag', price: '38.00' },
  { sku: 'KNF-0908', name: 'Paring knife', price: '22.40' },
  { sku: 'RUG-5150', name: 'Wool rug 200 × 300', price: '1290.00' },
  { sku: 'PEN-0001', name: 'Fountain pen', price: '59.90' },
];

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly id: string;
}

export function aPerson(dice: Dice, domain = 'example.com'): Person {
  const name = dice.pick(people);
  const mailbox = name
    .normalize('NFD')
    .replace(/[^A-Za-z ]/g, '')
    .toLowerCase()
    .replace(' ', '.');
  return { name, email: `${mailbox}${dice.between(1, 99)}@${domain}`, id: dice.snowflake() };
}

export function someLines(
  dice: Dice,
  count: number,
): readonly { sku: string; name: string; quantity: number; price: string }[] {
  return Array.from({ length: count }, () => {
    const { price, ...article } = dice.pick(articles);
    return { ...article, quantity: dice.between(1, 4), price: exactly(price) };
  });
}

/** W3C trace context, which travels as a header or attribute. */
export function traceparent(dice: Dice): string {
  return `00-${dice.hex(32)}-${dice.hex(16)}-01`;
}

/** The envelope that every event of the shop has. */
export function envelope(
  dice: Dice,
  event: { type: string; version: number; at: number; source: string; data: unknown },
): Envelope {
  return {
    id: dice.uuid(),
    type: event.type,
    version: event.version,
    timestamp: new Date(event.at).toISOString(),
    source: event.source,
    correlationId: `c-${dice.hex(12)}`,
    data: event.data,
  };
}

export interface Envelope {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly timestamp: string;
  readonly source: string;
  readonly correlationId: string;
  readonly data: unknown;
}
