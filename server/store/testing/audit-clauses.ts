import { expect } from 'vitest';
import type { Clauses } from '#server/store/testing/clauses.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';

export function describeAuditClauses({ clause }: Clauses): void {
  clause('the audit is listed newest first and in pages', async ({ ledger }) => {
    const entry = {
      at: 1,
      actor: 'ada',
      action: 'replay.plan',
      target: 'r',
      reason: null,
      from: '127.0.0.1 console',
      result: 'done',
    };
    for (const target of ['a', 'b', 'c']) await ledger.appendAudit({ ...entry, target });
    const [c, b] = await ledger.listAudit({ limit: 2, before: null });
    expect([c, b]).toMatchObject([
      { ...entry, target: 'c' },
      { ...entry, target: 'b' },
    ]);
    expect((await ledger.listAudit({ limit: 1, before: b?.id ?? null }))[0]).toMatchObject({ target: 'a' });
  });

  clause('of the audit what was done with a target can be asked for, without what was refused', async ({ ledger }) => {
    const entry = { at: 1, actor: 'ada', target: 'said', reason: null, from: 'x', result: 'done' };
    await ledger.appendAudit({ ...entry, action: 'replay.confirm', result: 'done, 3 messages not looked at again' });
    await ledger.appendAudit({ ...entry, action: 'replay.pause', result: 'conflict' });
    await ledger.appendAudit({ ...entry, action: 'replay.pause' });
    await ledger.appendAudit({ ...entry, action: 'replay.decide.sent' });
    await ledger.appendAudit({ ...entry, action: 'replay.pause', target: 'another' });
    const query = { limit: 9, before: null, target: 'said', done: ['replay.confirm', 'replay.pause'] };
    expect((await ledger.listAudit(query)).map(({ action, result }) => [action, result])).toEqual([
      ['replay.pause', 'done'],
      ['replay.confirm', 'done, 3 messages not looked at again'],
    ]);
  });

  clause('what the audit says of a change of state stands there with it, or not at all', async ({ ledger }) => {
    await writePlan(ledger, aReplay('told', 1));
    await ledger.confirmReplay('told', 'hash of told', 'ada', 1);
    const audit = {
      at: 2,
      actor: 'x',
      action: 'replay.pause',
      target: 'told',
      reason: 'why',
      from: 'y',
      result: 'done',
    };
    const refused = { state: 'paused', from: ['sending'], at: 2, audit } as const;
    await expect(ledger.setReplayState('told', refused)).rejects.toMatchObject({ code: 'conflict' });
    expect(await ledger.listAudit({ limit: 1, before: null, target: 'told' })).toEqual([]);
    await ledger.setReplayState('told', { state: 'paused', at: 2, audit });
    expect(await ledger.listAudit({ limit: 2, before: null, target: 'told' })).toMatchObject([audit]);
  });
}
