import { alertsResponse, muteBody, receiverTestResponse } from '#lib/api/alerts.ts';
import { auditQuery, auditResponse } from '#lib/api/audit.ts';
import { completionsQuery, completionsResponse } from '#lib/api/completions.ts';
import { editPreviewBody, editPreviewResponse } from '#lib/api/edits.ts';
import { diffQuery, diffResponse } from '#lib/api/diff.ts';
import { discardBody, restoreBody } from '#lib/api/discards.ts';
import { healthResponse, livenessResponse, readinessResponse } from '#lib/api/health.ts';
import { groupChange, groupDetail, groupsQuery, groupsResponse } from '#lib/api/groups.ts';
import {
  messageCountQuery,
  messageCountResponse,
  messageDetail,
  messagesQuery,
  messagesResponse,
} from '#lib/api/messages.ts';
import { lagQuery, lagResponse, lagTrendQuery, lagTrendResponse } from '#lib/api/lag.ts';
import { moveAllBody, moveAllView } from '#lib/api/move-all.ts';
import { overviewResponse, syncBody, syncResponse } from '#lib/api/queues.ts';
import { risksResponse } from '#lib/api/risks.ts';
import { redirectBody, redirectRule, redirectsResponse } from '#lib/api/redirects.ts';
import {
  confirmBody,
  decisionsBody,
  decisionsResponse,
  itemsExportQuery,
  itemsQuery,
  itemsResponse,
  planBody,
  plainDeadLetters,
  plainReplayBody,
  plainReplayResponse,
  replay,
  replaysQuery,
  replaysResponse,
} from '#lib/api/replays.ts';
import { mendBody, sandboxResponse } from '#lib/api/sandbox.ts';
import { settingsResponse } from '#lib/api/settings.ts';
import { facetsQuery, facetsResponse, timelineQuery, timelineResponse } from '#lib/api/timeline.ts';
import { savedView, viewBody, viewChange, viewsResponse } from '#lib/api/views.ts';
import { exportsQuery } from '#lib/api/views.ts';
import type { RouteDescription } from '#lib/api/route-description.ts';

/** What the HTTP interface has; a test compares it with the routes that there are. */
export const routes: readonly RouteDescription[] = [
  {
    method: 'get',
    path: '/api/health',
    summary: 'Whether the console can do its work; 503 when it cannot',
    answer: healthResponse,
  },
  {
    method: 'get',
    path: '/api/health/live',
    summary: 'Whether the process answers; it asks nobody, not even the store',
    answer: livenessResponse,
  },
  {
    method: 'get',
    path: '/api/health/ready',
    summary: 'Whether the store answers, the engine runs and every connection was looked at; 503 until then',
    answer: readinessResponse,
  },
  {
    method: 'get',
    path: '/api/metrics',
    summary: 'Metrics for Prometheus; 503 when the store fails',
    answer: 'text/plain',
  },
  {
    method: 'get',
    path: '/api/v1/settings',
    summary: 'What is configured and in force, without secrets, and how each connection is',
    answer: settingsResponse,
  },
  {
    method: 'get',
    path: '/api/v1/queues',
    summary: 'Every connection and every dead-letter queue',
    answer: overviewResponse,
  },
  {
    method: 'post',
    path: '/api/v1/queues/{queueId}/sync',
    summary: 'Read a queue now',
    body: syncBody,
    status: 202,
    answer: syncResponse,
  },
  {
    method: 'get',
    path: '/api/v1/risks',
    summary: 'What is risky about how queues hang together, as it was last looked at',
    answer: risksResponse,
  },
  {
    method: 'get',
    path: '/api/v1/queues/{queueId}/move-all',
    summary: 'What the broker itself could do with all of a queue, and what it does',
    answer: moveAllView,
  },
  {
    method: 'post',
    path: '/api/v1/queues/{queueId}/move-all',
    summary: 'Have the broker move everything back; it cannot be taken back',
    body: moveAllBody,
    status: 202,
    answer: moveAllView,
  },
  {
    method: 'post',
    path: '/api/v1/queues/{queueId}/move-all/cancel',
    summary: 'Stop the move; what was moved stays moved',
    status: 202,
    answer: moveAllView,
  },
  {
    method: 'get',
    path: '/api/v1/messages',
    summary: 'Dead letters that a filter meets',
    query: messagesQuery,
    answer: messagesResponse,
  },
  {
    method: 'get',
    path: '/api/v1/messages/count',
    summary: 'How many dead letters a filter meets, looked for longer than the count beside a page',
    query: messageCountQuery,
    answer: messageCountResponse,
  },
  {
    method: 'get',
    path: '/api/v1/completions',
    summary: 'What could stand at the caret of a filter, values with counts',
    query: completionsQuery,
    answer: completionsResponse,
  },
  {
    method: 'get',
    path: '/api/v1/groups',
    summary: 'Groups of dead letters with one cause, that a filter meets',
    query: groupsQuery,
    answer: groupsResponse,
  },
  { method: 'get', path: '/api/v1/groups/{fingerprint}', summary: 'One group', answer: groupDetail },
  {
    method: 'patch',
    path: '/api/v1/groups/{fingerprint}',
    summary: 'Resolve, ignore, reopen, own, annotate, merge or split a group; what is absent stays',
    body: groupChange,
    answer: groupDetail,
  },
  {
    method: 'get',
    path: '/api/v1/lag',
    summary:
      'How far consumer groups are behind and what waits in queues, as last read; from and to add the course of each row',
    query: lagQuery,
    answer: lagResponse,
  },
  {
    method: 'get',
    path: '/api/v1/lag/trend',
    summary: 'The courses of series of that list, side by side in equal parts of the time',
    query: lagTrendQuery,
    answer: lagTrendResponse,
  },
  {
    method: 'get',
    path: '/api/v1/timeline',
    summary: 'Dead letters over time, stacked by group',
    query: timelineQuery,
    answer: timelineResponse,
  },
  {
    method: 'get',
    path: '/api/v1/facets',
    summary: 'Which values fields have among what a filter meets',
    query: facetsQuery,
    answer: facetsResponse,
  },
  { method: 'get', path: '/api/v1/views', summary: 'Saved views, by name', answer: viewsResponse },
  {
    method: 'post',
    path: '/api/v1/views',
    summary: 'Save a view under a name',
    body: viewBody,
    status: 201,
    answer: savedView,
  },
  {
    method: 'patch',
    path: '/api/v1/views/{viewId}',
    summary: 'Change a saved view; what is absent stays',
    body: viewChange,
    answer: savedView,
  },
  {
    method: 'delete',
    path: '/api/v1/views/{viewId}',
    summary: 'Delete a saved view; answers those that are left',
    answer: viewsResponse,
  },
  {
    method: 'get',
    path: '/api/v1/redirects',
    summary: 'Redirect rules, in the order in which they are tried',
    answer: redirectsResponse,
  },
  {
    method: 'post',
    path: '/api/v1/redirects',
    summary: 'Save a rule that sends dead letters elsewhere than where they came from',
    body: redirectBody,
    status: 201,
    answer: redirectRule,
  },
  {
    method: 'delete',
    path: '/api/v1/redirects/{redirectId}',
    summary: 'Delete a redirect rule; answers those that are left',
    answer: redirectsResponse,
  },
  { method: 'get', path: '/api/v1/messages/{messageId}', summary: 'One dead letter', answer: messageDetail },
  {
    method: 'get',
    path: '/api/v1/messages/{messageId}/diff',
    summary: 'Its payload beside that of another message: what it was before it came back, or one with its key',
    query: diffQuery,
    answer: diffResponse,
  },
  {
    method: 'post',
    path: '/api/v1/edits/preview',
    summary: 'What an edit would make of messages, page by page; nothing is kept',
    body: editPreviewBody,
    answer: editPreviewResponse,
  },
  {
    method: 'get',
    path: '/api/v1/messages/{messageId}/payload',
    summary: 'Its body, byte for byte',
    answer: 'application/octet-stream',
  },
  {
    method: 'get',
    path: '/api/v1/exports',
    summary: 'Dead letters that a filter meets as a file, NDJSON or CSV, newest first',
    query: exportsQuery,
    answer: 'application/x-ndjson',
  },
  {
    method: 'post',
    path: '/api/v1/replays/plan',
    summary: 'Say what a replay would do; nothing moves',
    body: planBody,
    status: 201,
    answer: replay,
  },
  {
    method: 'post',
    path: '/api/v1/discards',
    summary: 'Say what discarding messages would do; nothing moves. Confirmed by POST replays',
    body: discardBody,
    status: 201,
    answer: replay,
  },
  {
    method: 'post',
    path: '/api/v1/restores',
    summary: 'Say what restoring discarded messages would do; nothing moves. Confirmed by POST replays',
    body: restoreBody,
    status: 201,
    answer: replay,
  },
  {
    method: 'post',
    path: '/api/v1/replays',
    summary: 'Confirm a plan by its hash',
    body: confirmBody,
    status: 202,
    answer: replay,
  },
  {
    method: 'get',
    path: '/api/v1/replays',
    summary: 'Replays, newest first',
    query: replaysQuery,
    answer: replaysResponse,
  },
  { method: 'get', path: '/api/v1/replays/{replayId}', summary: 'One replay, by id or number', answer: replay },
  {
    method: 'get',
    path: '/api/v1/replays/{replayId}/items',
    summary: 'Its messages with their outcomes',
    query: itemsQuery,
    answer: itemsResponse,
  },
  {
    method: 'get',
    path: '/api/v1/replays/{replayId}/events',
    summary: 'The replay whenever it changes',
    answer: 'text/event-stream',
  },
  {
    method: 'get',
    path: '/api/v1/replays/{replayId}/items/export',
    summary: 'The items of a replay as NDJSON or CSV',
    query: itemsExportQuery,
    answer: 'application/x-ndjson',
  },
  {
    method: 'post',
    path: '/api/v1/replays/{replayId}/decisions',
    summary: 'What a person found out about messages of which nobody knew whether they were sent',
    body: decisionsBody,
    answer: decisionsResponse,
  },
  { method: 'post', path: '/api/v1/replays/{replayId}/pause', summary: 'Stop sending for now', answer: replay },
  { method: 'post', path: '/api/v1/replays/{replayId}/resume', summary: 'Go on sending', answer: replay },
  { method: 'post', path: '/api/v1/replays/{replayId}/cancel', summary: 'Stop sending for good', answer: replay },
  {
    method: 'get',
    path: '/api/v1/alerts',
    summary: 'What fires and did, what watches, and who is told',
    answer: alertsResponse,
  },
  {
    method: 'post',
    path: '/api/v1/alerts/mutes',
    summary: 'Tell nobody of some alerts for a while; answers how everything stands',
    body: muteBody,
    status: 201,
    answer: alertsResponse,
  },
  {
    method: 'delete',
    path: '/api/v1/alerts/mutes/{muteId}',
    summary: 'Lift a mute; answers how everything stands',
    answer: alertsResponse,
  },
  {
    method: 'post',
    path: '/api/v1/alerts/receivers/{receiver}/test',
    summary: 'Send a marked test, and say what the receiver answered',
    answer: receiverTestResponse,
  },
  { method: 'get', path: '/api/v1/events', summary: 'A sign whenever anything changed', answer: 'text/event-stream' },
  { method: 'get', path: '/api/v1/audit', summary: 'What people did', query: auditQuery, answer: auditResponse },
  {
    method: 'get',
    path: '/api/v1/sandbox',
    summary: 'The services of the sandbox; null without one',
    answer: sandboxResponse,
  },
  {
    method: 'post',
    path: '/api/v1/sandbox/services/{serviceId}',
    summary: 'Mend or break a service of the sandbox',
    body: mendBody,
    answer: sandboxResponse,
  },
  { method: 'get', path: '/api/v1/openapi.json', summary: 'This document', answer: 'application/json' },
  {
    method: 'get',
    path: '/admin/dlq/{topic}',
    summary: 'The dead letters of {topic}.dlq, fresh, as a plain list',
    answer: plainDeadLetters,
  },
  {
    method: 'post',
    path: '/admin/dlq/{topic}/replay',
    summary: 'Replay offsets of {topic}.dlq and wait for the sends',
    body: plainReplayBody,
    answer: plainReplayResponse,
  },
];
