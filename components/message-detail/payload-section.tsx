import { Download } from 'lucide-react';
import { DecodeSteps } from '#components/message-detail/decode-steps.tsx';
import { PayloadDiff } from '#components/message-detail/payload-diff.tsx';
import { JsonText } from '#components/message-detail/json-text.tsx';
import { apiPath } from '#components/queries/api-client.ts';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { formatBytes } from '#components/ui/numbers.ts';
import { TabbedSection, type TabView } from '#components/ui/tabs.tsx';
import type { ShownPayload } from '#lib/api/messages.ts';

const text = 'font-mono text-xs/[19px] break-words whitespace-pre-wrap';

export function PayloadSection({
  messageId,
  payload,
  originalRecord,
}: {
  messageId: string;
  payload: ShownPayload;
  /** Where the message was read, or why it is not here, when the dead letter is only about it. */
  originalRecord: string | null;
}) {
  const file = apiPath(`messages/${encodeURIComponent(messageId)}/payload`);
  if (payload.kind === 'null' && originalRecord !== null) {
    return (
      <div>
        <h2 className="mb-1 text-2xs font-semibold text-faint">Payload</h2>
        <p className="text-soft">
          <HostileText text={`The dead letter holds no copy of it: ${originalRecord}.`} charactersMax={500} />
        </p>
      </div>
    );
  }
  return <Views title="Payload" file={file} payload={payload} diffOf={messageId} />;
}

/** Kafka's key where it is more than text. */
export function KeySection({ payload }: { payload: ShownPayload }) {
  return <Views title="Key" file={null} payload={payload} diffOf={null} />;
}

/** `file` is where all the bytes can be had; `diffOf` the message whose payload can be compared with others. */
function Views({
  title,
  file,
  payload,
  diffOf,
}: {
  title: string;
  file: string | null;
  payload: ShownPayload;
  diffOf: string | null;
}) {
  const tabs: TabView[] = [];
  if (payload.pretty !== null)
    tabs.push({
      id: 'pretty',
      label: 'pretty',
      content: (
        <pre className={text}>
          {payload.kind === 'json' ? <JsonText text={payload.pretty} /> : <Plain text={payload.pretty} />}
        </pre>
      ),
    });
  if (payload.raw !== null)
    tabs.push({
      id: 'raw',
      label: 'raw',
      content: (
        <pre className={text}>
          <Plain text={payload.raw} />
        </pre>
      ),
    });
  if (payload.hex !== '')
    tabs.push({
      id: 'hex',
      label: 'hex',
      content: <pre className={`${text} whitespace-pre!`}>{payload.hex}</pre>,
    });
  const copied = payload.raw ?? payload.pretty;
  const start = tabs[0];
  const hint = `${payload.label} · ${formatBytes(payload.sizeBytes)}`;
  if (diffOf !== null) tabs.push({ id: 'diff', label: 'diff', content: <PayloadDiff messageId={diffOf} /> });
  if (!start) {
    return (
      <div>
        <h2 className="mb-1 flex gap-2 text-2xs font-semibold text-faint">
          {title}
          {payload.withheld !== null && <span className="font-normal">{hint}</span>}
        </h2>
        <p className="text-soft">{payload.withheld ?? nothingThere(payload)}</p>
        <DecodeSteps steps={payload.steps} schema={payload.schema} />
      </div>
    );
  }
  return (
    <div>
      <TabbedSection
        title={title}
        hint={hint}
        start={start.id}
        tabs={tabs}
        actions={
          <span className="flex">
            {copied !== null && (
              <CopyButton
                text={copied}
                label={
                  payload.truncated || payload.raw === null ? 'Copy what is shown' : `Copy the ${title.toLowerCase()}`
                }
              />
            )}
            {file !== null && (
              <a
                href={file}
                download
                aria-label="Download the payload, byte for byte"
                title="Download the payload, byte for byte"
                className="grid size-6 place-items-center rounded text-faint hover:bg-hover hover:text-text"
              >
                <Download size={13} aria-hidden />
              </a>
            )}
          </span>
        }
      />
      {payload.truncated && (
        <p className="mt-2 text-xs text-attention">
          Only the beginning is shown.{' '}
          {file !== null && (
            <a href={file} download className="underline underline-offset-2">
              Download all {formatBytes(payload.sizeBytes)}
            </a>
          )}
        </p>
      )}
      <MaskedNote payload={payload} />
      <DecodeSteps steps={payload.steps} schema={payload.schema} />
    </div>
  );
}

function nothingThere({ kind }: ShownPayload): string {
  return kind === 'null'
    ? 'null: on Kafka this is a tombstone, it deletes its key.'
    : 'Empty: the message has a body of no bytes.';
}

function MaskedNote({ payload: { maskedBy, withheld } }: { payload: ShownPayload }) {
  if (maskedBy.length === 0 && withheld === null) return null;
  return (
    <p className="mt-2 text-xs text-soft">
      {maskedBy.length > 0 && <>••• is masked by {maskedBy.join(', ')}. </>}
      {withheld}
    </p>
  );
}

function Plain({ text: shown }: { text: string }) {
  return <HostileText text={shown} charactersMax={Number.POSITIVE_INFINITY} multiline />;
}
