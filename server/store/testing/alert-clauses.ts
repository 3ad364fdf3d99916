import { expect } from 'vitest';
import type { ReceiverReport } from '#lib/alerts/receiver-report.ts';
import { aNotification, anAlert } from '#lib/alerts/testing/an-alert.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';

const nothing = { alerts: [], dropped: [], notifications: [] };
const report = (receiver: string, changes: Partial<ReceiverReport> = {}): ReceiverReport => ({
  receiver,
  at: 1,
  what: 'fired',
  outcome: 'delivered',
  said: '200 OK',
  failingSince: null,
  ...changes,
});

export function describeAlertClauses({ clause }: Clauses): void {
  clause('an alert and what is told of it are written together, and a notification once', async ({ ledger }) => {
    const alert = anAlert('one', { told: ['chat'] });
    const notifications = [aNotification(alert, 'chat'), aNotification(alert, 'pager')];
    await ledger.saveRound({ ...nothing, alerts: [alert], notifications });
    expect(await ledger.listStandingAlerts()).toContainEqual(alert);
    const waiting = async () =>
      (await ledger.listWaitingNotifications(10)).filter((each) => each.alert.id === 'one').map(({ id }) => id);
    expect(await waiting()).toEqual(['one.fired.chat', 'one.fired.pager']);
    await ledger.recordAttempt('one.fired.chat', { at: 2, outcome: 'delivered', said: 'ok' }, report('chat'));
    await ledger.saveRound({ ...nothing, notifications });
    expect(await waiting()).toEqual(['one.fired.pager']);
    await ledger.recordAttempt(
      'one.fired.pager',
      { at: 2, outcome: 'retried', nextAt: 99, said: '503' },
      report('pager'),
    );
    expect((await ledger.listWaitingNotifications(10)).find(({ id }) => id === 'one.fired.pager')).toMatchObject({
      attempts: 1,
      nextAt: 99,
      transition: 'fired',
      alert: { sentence: alert.sentence },
    });
    await ledger.recordAttempt('one.fired.pager', { at: 3, outcome: 'given-up', said: '404' }, report('pager'));
    expect(await waiting()).toEqual([]);
    const unknown = ledger.recordAttempt('none', { at: 3, outcome: 'delivered', said: '' }, report('chat'));
    await expect(unknown).rejects.toMatchObject({ code: 'not_found' });
  });

  clause(
    'an alert changes in its place, is over for good, and one that came to nothing is gone',
    async ({ ledger }) => {
      const standing = async () => (await ledger.listStandingAlerts()).filter(({ id }) => id.startsWith('c-'));
      const [firing, pending] = [anAlert('c-1'), anAlert('c-2', { phase: 'pending', firedAt: null })];
      await ledger.saveRound({ ...nothing, alerts: [firing, pending] });
      await ledger.saveRound({ ...nothing, alerts: [{ ...firing, sentence: 'more' }], dropped: ['c-2'] });
      expect(await standing()).toEqual([{ ...firing, sentence: 'more' }]);
      const ended = { ...firing, phase: 'resolved', resolvedAt: 5_000 } as const;
      await ledger.saveRound({ ...nothing, alerts: [ended] });
      expect(await standing()).toEqual([]);
      const later = anAlert('c-3', { phase: 'resolved', resolvedAt: 6_000 });
      await ledger.saveRound({ ...nothing, alerts: [later] });
      expect((await ledger.listResolvedAlerts(2)).map(({ id }) => id)).toEqual(['c-3', 'c-1']);
    },
  );

  clause('of each receiver so many wait, so that one that is broken does not hide the others’', async ({ ledger }) => {
    const of = (receiver: string, count: number) =>
      Array.from({ length: count }, (_, n) => aNotification(anAlert(`w-${n}`), receiver));
    await ledger.saveRound({ ...nothing, notifications: [...of('broken', 30), ...of('well', 2)] });
    const waiting = (await ledger.listWaitingNotifications(5)).filter(({ alert }) => alert.id.startsWith('w-'));
    expect(waiting.map(({ receiver }) => receiver)).toEqual([
      ...Array.from({ length: 5 }, () => 'broken'),
      'well',
      'well',
    ]);
    await ledger.saveReceiverReport(report('broken', { outcome: 'failing', failingSince: 1 }));
    const reports = await ledger.listReceiverReports();
    expect(reports.find(({ receiver }) => receiver === 'broken')).toEqual({
      ...report('broken', { outcome: 'failing', failingSince: 1 }),
      waiting: 30,
    });
  });

  clause(
    'who was given up on is told again of what still fires, and not of the end of what it never heard',
    async ({ ledger }) => {
      const [first, second] = [anAlert('u-1', { told: ['deaf'] }), anAlert('u-2', { told: ['deaf'] })];
      await ledger.saveRound({
        ...nothing,
        alerts: [first, second],
        notifications: [
          aNotification(first, 'deaf'),
          aNotification(second, 'deaf'),
          aNotification(second, 'deaf', 'resolved'),
        ],
      });
      const waiting = async () =>
        (await ledger.listWaitingNotifications(50)).filter(({ receiver }) => receiver === 'deaf').map(({ id }) => id);
      for (const id of ['u-1.fired.deaf', 'u-2.fired.deaf'])
        await ledger.recordAttempt(id, { at: 3, outcome: 'given-up', said: '404' }, null);
      expect(await waiting()).toEqual([]);
      expect((await ledger.listUnheard('deaf')).map(({ id }) => id)).toEqual(['u-1.fired.deaf', 'u-2.fired.deaf']);
      const over = { ...second, phase: 'resolved', resolvedAt: 4 } as const;
      await ledger.saveRound({ ...nothing, alerts: [over], notifications: [aNotification(over, 'deaf', 'resolved')] });
      expect(await waiting()).toEqual([]);
      const unheard = (await ledger.listUnheard('deaf')).map(({ id }) => id);
      expect(unheard).toEqual(['u-1.fired.deaf']);
      await ledger.tellAgain([...unheard, 'unknown'], 99);
      expect((await ledger.listWaitingNotifications(50)).find(({ id }) => id === 'u-1.fired.deaf')).toMatchObject({
        attempts: 0,
        nextAt: 99,
      });
      expect(await ledger.listUnheard('deaf')).toEqual([]);
      await ledger.recordAttempt('u-1.fired.deaf', { at: 100, outcome: 'delivered', said: 'ok' }, null);
      const ended = { ...first, phase: 'resolved', resolvedAt: 101 } as const;
      await ledger.saveRound({
        ...nothing,
        alerts: [ended],
        notifications: [aNotification(ended, 'deaf', 'resolved')],
      });
      expect(await waiting()).toEqual(['u-1.resolved.deaf']);
    },
  );

  clause('a mute holds until its end or until it is lifted', async ({ ledger }) => {
    const bare = { rule: 'deep', queue: null, group: null, subject: null, label: null, by: 'ann', reason: 'known' };
    const short = await ledger.saveMute({ ...bare, until: 100, createdAt: 1 });
    const long = await ledger.saveMute({ ...bare, until: null, createdAt: 2 });
    expect(await ledger.listMutes(99)).toEqual([long, short]);
    expect(await ledger.listMutes(100)).toEqual([long]);
    await ledger.deleteMute(long.id);
    expect(await ledger.listMutes(100)).toEqual([]);
    await expect(ledger.deleteMute(long.id)).rejects.toMatchObject({ code: 'not_found' });
  });

  clause('what is over is forgotten, and what stands or waits is not', async ({ ledger }) => {
    const over = anAlert('f-1', { phase: 'resolved', resolvedAt: 10 });
    const stands = anAlert('f-2');
    await ledger.saveRound({
      alerts: [over, stands],
      dropped: [],
      notifications: [aNotification(over, 'f-told'), aNotification(stands, 'f-waits')],
    });
    await ledger.recordAttempt(
      'f-1.fired.f-told',
      { at: 10, outcome: 'delivered', said: 'ok' },
      report('f-told', { at: 10 }),
    );
    expect(await ledger.forgetAlerts(11)).toBeGreaterThanOrEqual(2);
    expect(await ledger.forgetAlerts(11)).toBe(0);
    expect((await ledger.listResolvedAlerts(1_000)).map(({ id }) => id)).not.toContain('f-1');
    expect((await ledger.listStandingAlerts()).map(({ id }) => id)).toContain('f-2');
    expect((await ledger.listWaitingNotifications(100)).map(({ id }) => id)).toContain('f-2.fired.f-waits');
  });
}
