import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import type { Failure } from '#lib/domain/dead-letter.ts';
import { fingerprintOf } from '#lib/fingerprint/fingerprint.ts';

const context = { source: 'orders.dlq', payloadShape: () => '{orderId:string}' };
const nothing: Failure = { errorClass: null, errorMessage: null, stackTrace: null, reason: null, attempts: null };
const of = (failure: Partial<Failure>) => fingerprintOf({ failure: { ...nothing, ...failure } }, context);
const idOf = (errorMessage: string) => of({ errorMessage }).id;

describe('a fingerprint', () => {
  it('is short, stable and versioned', () => {
    const fingerprint = of({ errorClass: 'com.shop.CardDeclinedException', errorMessage: 'issuer answered 51' });
    expect(fingerprint).toEqual({
      version: 3,
      // Another id would regroup everybody's dead letters, so it is that of version 1: no rule since then changes this message.
      id: 'kyd10r3qjxw360rqywk5',
      title: 'CardDeclinedException: issuer answered #',
      explanation: 'grouped by exception class + normalised message',
      parts: {
        kind: 'error',
        errorClass: 'com.shop.CardDeclinedException',
        frames: [],
        message: 'issuer answered #',
      },
    });
    expect(fingerprint.id).toMatch(/^[0-9a-hjkmnp-tv-z]{20}$/);
  });

  it('says that frames of the user’s own code were part of it', () => {
    const stackTrace =
      'TypeError: x is not a function\n    at charge (/app/src/gateway.ts:88:13)\n    at run (/app/node_modules/kafkajs/consumer.js:4:1)';
    const { explanation, parts } = of({ stackTrace });
    expect(explanation).toBe('grouped by exception class + top frames of your code + normalised message');
    expect(parts).toMatchObject({ frames: ['charge (gateway)'] });
  });

  it('follows causes to the root, in a trace and in a message', () => {
    const inTrace = of({
      errorClass: 'a.OuterException',
      stackTrace:
        'a.OuterException: o\n\tat a.B.c(B.java:1)\nCaused by: java.net.ConnectException: Connection refused\n\t... 3 more',
    });
    expect(inTrace.title).toBe('ConnectException: Connection refused');
    const inMessage = of({
      errorClass: 'org.springframework.dao.DataAccessResourceFailureException',
      errorMessage: 'no connection; nested exception is java.net.ConnectException: Connection refused',
    });
    expect(inMessage.title).toBe('ConnectException: Connection refused');
  });

  it('skips wrappers at the bottom of a chain that was cut', () => {
    const stackTrace =
      'com.shop.X: order 1\n\tat com.shop.Y.z(Y.java:1)\nCaused by: java.util.concurrent.CompletionException: w\n\tat java.base/ja';
    expect(of({ errorClass: 'com.shop.X', stackTrace }).parts).toMatchObject({ errorClass: 'com.shop.X' });
  });

  it('without error text is made of reason, source and payload shape', () => {
    const one = of({ reason: 'expired' });
    expect(one.title).toBe('expired in orders.dlq');
    expect(one.id).not.toBe(of({ reason: 'rejected' }).id);
    const other = (change: Partial<typeof context>) =>
      fingerprintOf({ failure: { ...nothing, reason: 'expired' } }, { ...context, ...change }).id;
    expect(other({})).toBe(one.id);
    expect(other({ source: 'mail.dlq' })).not.toBe(one.id);
    expect(other({ payloadShape: () => 'binary' })).not.toBe(one.id);
  });

  it('without error text is made of the configured attributes too, and without any keeps its id', () => {
    const failure = { ...nothing, reason: 'expired' };
    const having = (...attributes: { name: string; value: string }[]) =>
      fingerprintOf({ failure }, { ...context, attributes: () => attributes });
    // Another id would take from everybody's groups what people decided about them.
    expect(having().id).toBe('3r38by2ga3bcgxvpp3zk');
    expect(of({ reason: 'expired' })).toEqual(having());
    const coded = having({ name: 'errorCode', value: '404' });
    expect(coded.id).not.toBe(having().id);
    expect(coded.id).not.toBe(having({ name: 'errorCode', value: '503' }).id);
    expect(coded.id).not.toBe(having({ name: 'status', value: '404' }).id);
    expect(coded.explanation).toMatch(/^grouped by reason \+ source \+ payload shape \+ attribute errorCode,/);
    expect(coded.parts).toMatchObject({ attributes: [{ name: 'errorCode', value: '404' }] });
  });

  it('with error text asks for no attribute', () => {
    const attributes = () => {
      throw new Error('asked');
    };
    const failure = { ...nothing, errorMessage: 'TypeError: x' };
    expect(fingerprintOf({ failure }, { ...context, attributes })).toEqual(of(failure));
  });

  it('is the same for one error in two queues', () => {
    const failure = { ...nothing, errorMessage: 'TypeError: x' };
    expect(fingerprintOf({ failure }, { ...context, source: 'a' }).id).toBe(
      fingerprintOf({ failure }, { ...context, source: 'b' }).id,
    );
  });
});

describe('what does not split a group', () => {
  const digits = fc.nat({ max: 9_999_999 });
  const hex = (length: number) =>
    fc
      .array(fc.constantFrom(...'0123456789abcdef'.split('')), { minLength: length, maxLength: length })
      .map((all) => all.join(''));

  it('a new id, of any kind', () => {
    const id = fc.oneof(
      digits.map(String),
      fc.uuid(),
      hex(32).filter((text) => /\d/.test(text)),
      digits.map((number) => `ord_${number}`),
      digits.map((number) => `ORD-${number}`),
      fc
        .string({ minLength: 1, maxLength: 30 })
        .filter((text) => !/["\\]|^\s*(?:\.{0,2}\/|[A-Za-z]:)/.test(text))
        .map((text) => `"${text}"`),
    );
    fc.assert(
      fc.property(id, id, (one, other) => {
        expect(idOf(`OrderError: order ${one} is closed`)).toBe(idOf(`OrderError: order ${other} is closed`));
      }),
      // Its first digits are no HTTP status.
      { examples: [['1', '428eaaaa-0000-1000-8000-000000000000']] },
    );
  });

  it('another time, in any common notation', () => {
    const time = fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .chain((date) =>
        fc.constantFrom(
          date.toISOString(),
          date.toISOString().replace('T', ' ').slice(0, 19),
          date.toUTCString(),
          String(date.getTime()),
        ),
      );
    fc.assert(
      fc.property(time, time, (one, other) => {
        expect(idOf(`TokenError: expired at ${one} for good`)).toBe(idOf(`TokenError: expired at ${other} for good`));
      }),
    );
  });

  it('another code, name or slug in a sentence', () => {
    const region = fc.constantFrom('GB-NIR', 'US-CA', 'PT-20', 'CH', 'EMEA', 'Bavaria', "'eu-west'");
    const currency = fc.constantFrom('EUR', 'CHF', 'XBT', '"usd"');
    const tenant = fc.constantFrom('acme', 'globex-eu', 't-17', "'initech'");
    const values = fc.tuple(region, currency, tenant);
    const text = ([where, what, who]: readonly string[]) =>
      `TaxRateError: no rate in currency ${what} and region ${where} for tenant ${who}`;
    fc.assert(
      fc.property(values, values, (one, other) => {
        expect(idOf(text(one))).toBe(idOf(text(other)));
      }),
    );
  });

  it('how long a list of codes is', () => {
    const list = fc.uniqueArray(fc.constantFrom('EUR', 'CHF', 'SEK', 'XBT', 'DOGE'), { minLength: 1 });
    const text = (codes: readonly string[]) => `PayError: unsupported currencies: ${codes.join(', ')}, try again`;
    fc.assert(
      fc.property(list, list, (one, other) => {
        expect(idOf(text(one))).toBe(idOf(text(other)));
      }),
    );
    expect(of({ errorMessage: text(['EUR', 'CHF']) }).title).toBe('PayError: unsupported currencies: #, try again');
  });

  it('another machine', () => {
    const host = fc.oneof(
      fc.ipV4(),
      fc.tuple(fc.ipV4(), fc.integer({ min: 10, max: 65_535 })).map(([ip, port]) => `${ip}:${port}`),
      fc.integer({ min: 10, max: 65_535 }).map((port) => `db-3.prod.internal:${port}`),
    );
    fc.assert(
      fc.property(host, host, (one, other) => {
        expect(idOf(`Error: connect ECONNREFUSED ${one}`)).toBe(idOf(`Error: connect ECONNREFUSED ${other}`));
      }),
    );
  });

  it('lines, columns, lambda indexes, proxies and the depth below', () => {
    const trace = (line: number, lambda: number, hash: string, below: number) =>
      [
        `com.shop.CardDeclinedException: order ${line} declined by com.shop.Gate$$Lambda$${lambda}/0x${hash}@${hash}`,
        `\tat com.shop.Ledger.lambda$book$${lambda}(Ledger.java:${line})`,
        `\tat com.shop.Ledger$$SpringCGLIB$$${lambda}.book(<generated>)`,
        `\tat com.shop.Ledger$${lambda}.run(Ledger.java:${line + 1})`,
        ...Array.from({ length: below }, (_, index) => `\tat org.springframework.aop.X.proceed(X.java:${index})`),
        `\t... ${below} more`,
      ].join('\n');
    const any = fc.tuple(fc.nat({ max: 5_000 }), fc.nat({ max: 500 }), hex(8), fc.nat({ max: 30 }));
    fc.assert(
      fc.property(any, any, (one, other) => {
        expect(of({ stackTrace: trace(...one) }).id).toBe(of({ stackTrace: trace(...other) }).id);
      }),
    );
  });

  it('whether it was read before', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => {
        const failure = { errorMessage: text, stackTrace: `${text}\n\tat a.B.c(B.java:1)` };
        expect(of(failure)).toEqual(of({ ...failure }));
      }),
    );
  });
});

describe('what splits a group', () => {
  it('a code that says what failed, though it looks like a value', () => {
    const codes = [
      'ORA-00942',
      'ORA-00904',
      'ECONNREFUSED',
      'SQLSTATE 23505',
      'SQLSTATE 40001',
      'PAID',
      'POST',
      'HTTP 404',
    ];
    const ids = codes.map((code) => idOf(`LedgerError: ${code} for region DE`));
    expect(new Set(ids).size).toBe(codes.length);
  });

  it('the list that a code is of, where the message is nothing else', () => {
    expect(idOf("KeyError: 'CHF'")).toBe(idOf("KeyError: 'EUR'"));
    expect(idOf("KeyError: 'CHF'")).not.toBe(idOf("KeyError: 'CH'"));
    expect(idOf("KeyError: 'sku'")).not.toBe(idOf("KeyError: 'total'"));
  });
});
