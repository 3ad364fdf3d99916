import { cut, headline, iso, linkOf, type Told } from '#lib/alerts/payloads/facts.ts';
import { visibleText } from '#lib/domain/visible-text.ts';
import type { Severity } from '#lib/alerts/rule.ts';

const marks: Readonly<Record<Severity, string>> = {
  critical: ':red_circle:',
  warning: ':large_orange_circle:',
  info: ':large_blue_circle:',
};

/** A text section takes 3,000 characters, once they are escaped (https://docs.slack.dev/reference/block-kit/blocks/section-block). */
const textMax = 1_000;

/** For an incoming webhook: blocks, and `text` for notifications. */
export function slackPayload(told: Told): unknown {
  const { notification } = told;
  const { alert, transition, at } = notification;
  const mark = transition === 'resolved' ? ':large_green_circle:' : marks[alert.severity];
  const sentence = escape(cut(headline(notification), textMax));
  const labels = Object.entries(alert.labels).map(([name, value]) => `${name}: ${visibleText(value)}`);
  const context = [alert.severity, `rule ${alert.rule}`, ...labels, iso(at)].join(' · ');
  return {
    text: sentence,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `${mark} ${sentence}` } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: escape(cut(context, textMax)) }] },
      {
        type: 'actions',
        elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open in Redeliver' }, url: linkOf(told) }],
      },
    ],
  };
}

/** What Slack reads as a sign of its own; so no error text can call a whole channel. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
