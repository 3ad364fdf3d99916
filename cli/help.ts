import { exitCodes } from '#cli/exit-codes.ts';
import { replayFlags } from '#cli/replay-flags.ts';

const options = replayFlags
  .map(({ flag, takes, help: text }) => `  --${`${flag} ${takes ?? ''}`.trim().padEnd(30)} ${text}`)
  .join('\n');

export const help = `redeliver: the dead letters of a running Redeliver console

  redeliver queues                      every dead-letter queue
  redeliver messages [--filter …]       dead letters, newest first
  redeliver groups   [--filter …]       the problems behind them, most frequent first
  redeliver lag      [--group …]        how far consumer groups are behind and what waits in queues, the furthest first
  redeliver alerts                      what fires, the worst first; muted ones among them
  redeliver export   [--filter …]       every dead letter that the filter meets, newest first, as the console's file has it
  redeliver replay   --filter …         puts them back: prints the plan, and sends it by its hash once it is confirmed
  redeliver discard  --filter …         removes them, in the same way; restorable for a time
  redeliver restore  --discard <number> brings back what was discarded; --filter …: what of it the filter meets
  redeliver replays                     replays, discards and restores, newest first
  redeliver replays show|watch|items|pause|resume|cancel|confirm <number>
  redeliver move-all <queue>            what the broker itself could do with all of a queue; has it do that

  --filter <filter>    in the filter language of the console: docs/filter-language.md
  --limit <number>     at most so many rows (messages, groups, lag, replays; default 100)
  --connection <name>  of lag: one connection;  --group <name>: one group;  --topic <name>: the groups on one topic, or one queue
  --order <order>      of messages: newest, oldest, or expiring: the soonest expiry first
  --json               one JSON object a line, as the HTTP interface has it
  --format csv         of an export; else ndjson, one JSON object a line
  --content            of an export as NDJSON: keys, bodies and headers too
  --url <address>      of the console; else REDELIVER_URL, else http://127.0.0.1:3000
  --help

Of replay, discard and restore, which messages:
  --filter <filter>    everything that it meets now;  --all: everything
  --ids <id,id>        these, by the ids that messages --json gives
  --ids-from -         the same from standard input: ids, or lines of messages --json
  --except <id,id>     but not these
  --discard <number>   of restore: all of that discard
What happens then:
  --dry-run            the plan alone: nothing moves
  --yes                do it without asking
  --confirm <number>   where the plan may send twice, or discards, --yes is not enough: the number of messages
  --watch              follow it until nothing comes back any more;  --until sent: until all is sent
How they are sent (a discard and a restore take --rate and --insist):
${options}

Of move-all: --confirm with the queue's name has the broker begin, --rate <n> and --to <queue> where it takes them;
--watch follows it; --cancel stops it.

Of replays: --plans lists plans too; items takes --state failed (or another state) and --returned; confirm takes --hash.

Exit codes: ${exitCodes.done} done, also where a search meets nothing
            ${exitCodes.refused} the console cannot be reached or refuses
            ${exitCodes.usage} the command is not right
            ${exitCodes.nothing} a plan that would do nothing
            ${exitCodes.notAllWell} a replay that was followed is over, and not all went well: failed, left out, came back, or unknown
            ${exitCodes.unconfirmed} nothing was done: the plan was not confirmed
            ${exitCodes.halted} a replay that was followed stands still, or was ended early
            ${exitCodes.critical} alerts: one of severity critical fires that nobody has muted
Examples: redeliver messages --filter='queue:orders.* header.tenant:acme since:2h' --json
          redeliver groups --filter='-state:replayed payload.customer.id:42'
          redeliver export --filter='queue:orders.*' --content > dead-letters.ndjson
          redeliver replay --filter='queue:orders.* error:timeout' --rate=50 --dry-run
          redeliver messages --filter='key:o-7' --json | redeliver replay --ids-from - --yes --watch`;
