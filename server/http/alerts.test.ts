import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertsResponse } from '#lib/api/alerts.ts';
import { aNotification, anAlert } from '#lib/alerts/testing/an-alert.ts';
import { createMasking } from '#lib/masking/masking.ts';
import { type RealConsole, startCommand, startRealConsole } from '#cli/testing/real-console.ts';
import { usualAlerts } from '#server/config/alert-settings.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import { createPayloadReader } from '#server/payload/payload-reader.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';

/** The real routes, on a real store; what the engine does is proven beside it. */

const now = 1_795_000_100_000;
let store: Store;
let served: RealConsole;
let close: () => Promise<void>;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-alerts-http-'));
  store = openSqliteStore({ folder, role: 'writer' });
  const payloads = createPayloadReader({ registries: new Map() });
  provideRuntime({
    store,
    payloads,
    clock: { now: () => now },
    masking: createMasking({ fields: [], headers: [], patterns: ['email'], keys: false }),
    alerts: {
      ...usualAlerts,
      rules: usualAlerts.rules.filter(({ name }) => name !== 'new-group'),
      off: [{ name: 'new-group', kind: 'new-group' }],
      receivers: [{ name: 'chat', kind: 'slack' }],
    },
    sandbox: null,
    version: 'test',
    engineSeenAt: () => now,
  });
  const critical = anAlert('critical', { severity: 'critical', told: ['chat'], rule: 'lag-above', kind: 'lag-above' });
  const letter = anAlert('mail', { sentence: 'New in shop/orders.dlq: no mailbox ann@example.org', key: 'other' });
  const ofReplay = { kind: 'replay', id: 'r-8', label: 'Replay 8', queueIds: [] } as const;
  await store.ledger.saveRound({
    alerts: [letter, critical, anAlert('over', { phase: 'resolved', resolvedAt: now - 1, subject: ofReplay })],
    dropped: [],
    notifications: [aNotification(critical, 'chat')],
  });
  served = await startRealConsole();
  close = async () => {
    served.close();
    await payloads.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  };
});
afterAll(() => close());

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${served.url}/api/v1/alerts${path}`, { ...init, headers: { 'content-type': 'application/json' } });
const send = (path: string, body: unknown) => ask(path, { method: 'POST', body: JSON.stringify(body) });
const read = async () => alertsResponse.parse(await (await ask('')).json());

describe('alerts by HTTP', () => {
  test('what fires comes the worst first, masked, with what watches and who is told', async () => {
    const answer = await read();
    expect(answer.firing.map(({ id }) => id)).toEqual(['critical', 'mail']);
    expect(answer.firing[1]?.sentence).toBe('New in shop/orders.dlq: no mailbox •••');
    expect(answer.resolved).toMatchObject([{ id: 'over', mutedBy: null }]);
    expect(answer.rules.find(({ name }) => name === 'new-group')).toMatchObject({ on: false });
    expect(answer.rules.find(({ name }) => name === 'lag-above')).toMatchObject({
      on: true,
      firing: 1,
      watches: 'A consumer group is more than 10,000 messages behind',
    });
    expect(answer.receivers).toEqual([
      { name: 'chat', kind: 'slack', state: 'unused', last: null, failingSince: null, waiting: 0 },
    ]);
  });

  test('the command line ends with 7 while something critical fires that nobody has muted', async () => {
    const loud = await startCommand(served.url, ['alerts']).ended;
    expect(loud).toMatchObject({ code: 7 });
    expect(loud.lines[1]).toMatch(/^critical .* lag-above .* shop\/orders\.dlq has 12,040 messages/);
    const muted = await send('/mutes', { rule: 'lag-above', until: null, reason: 'a long catch-up' });
    expect(muted.status).toBe(201);
    const quiet = await startCommand(served.url, ['alerts', '--json']).ended;
    expect(quiet.code).toBe(0);
    expect(quiet.lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { id: 'critical', mutedBy: expect.any(String) },
      { id: 'mail', mutedBy: null },
    ]);
  });

  test('a mute calls its subject as people do, where that is known', async () => {
    for (const subject of ['r-8', 'nobody']) await send('/mutes', { subject, until: now + 3_600_000, reason: 'known' });
    const { mutes } = alertsResponse.parse(await (await ask('')).json());
    const labels = new Map(mutes.map(({ subject, subjectLabel }) => [subject, subjectLabel]));
    expect([labels.get('r-8'), labels.get('nobody')]).toEqual(['Replay 8', null]);
    for (const { id, subject } of mutes)
      if (subject !== null) await ask(`/mutes/${id}`, { method: 'DELETE', body: '{}' });
  });

  test('a mute says what and why, is audited, and can be lifted once', async () => {
    const body = { queue: 'shop/*', until: now + 3_600_000, reason: 'deploy' };
    const answer = alertsResponse.parse(await (await send('/mutes', body)).json());
    const mute = answer.mutes.find(({ queue }) => queue === 'shop/*');
    expect(mute).toMatchObject({ by: 'script', reason: 'deploy', until: now + 3_600_000, rule: null });
    expect(answer.firing.every(({ mutedBy }) => mutedBy !== null)).toBe(true);
    expect((await ask(`/mutes/${mute?.id}`, { method: 'DELETE', body: '{}' })).status).toBe(200);
    expect((await ask(`/mutes/${mute?.id}`, { method: 'DELETE', body: '{}' })).status).toBe(404);
    const audit = await store.ledger.listAudit({ limit: 3, before: null });
    expect(audit).toMatchObject([
      { action: 'alert.unmute', result: 'not_found' },
      { action: 'alert.unmute', result: 'done' },
      { action: 'alert.mute', target: 'shop/*', reason: 'deploy', result: 'done' },
    ]);
  });

  test.each([
    [{ until: null, reason: 'x' }, 'at least one of rule'],
    [{ rule: 'a', until: null, reason: ' ' }, 'reason'],
    [{ rule: 'a', until: now, reason: 'x' }, 'over already'],
    [{ rule: 'a', reason: 'x' }, 'until'],
    [{ label: 'shop', until: null, reason: 'x' }, 'team=shop'],
    [{ rule: 'a', until: null, reason: 'x', forever: true }, 'forever'],
  ])('a mute that says too little is refused: %j', async (body, why) => {
    const response = await send('/mutes', body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining(why) });
  });
});
