import type { Convention } from '#lib/conventions/convention.ts';
import { isoInstant } from '#lib/conventions/instants.ts';

const owned =
  /^(?:SCHEDULE_ARN|TARGET_ARN|ERROR_CODE|ERROR_MESSAGE|EXECUTION_ID|SCHEDULED_TIME|IS_PAYLOAD_TRUNCATED|EXHAUSTED_RETRY_CONDITION|RETRY_ATTEMPTS|CLIENT_TOKEN)$/;

/** EventBridge Scheduler. A payload that it has truncated is said as the reason: putting it back would send half a message. */
export const awsScheduler: Convention = {
  name: 'AWS EventBridge Scheduler',
  marks: ['schedule_arn'],
  owns: (name) => owned.test(name),
  read({ headers, queue }) {
    if (queue.kind !== 'sqs') return null;
    const retries = headers.integer('retry_attempts');
    const isTruncated = headers.text('is_payload_truncated')?.toLowerCase() === 'true';
    return {
      failure: {
        errorClass: headers.firstText('error_code'),
        errorMessage: headers.firstText('error_message'),
        reason: isTruncated ? 'payload truncated' : headers.firstText('exhausted_retry_condition'),
        attempts: retries === undefined ? undefined : retries + 1,
      },
      origin: {
        failedIn: headers.firstText('target_arn', 'schedule_arn'),
        content: isTruncated ? 'truncated' : undefined,
      },
      originalAt: isoInstant(headers.text('scheduled_time')),
    };
  },
};
