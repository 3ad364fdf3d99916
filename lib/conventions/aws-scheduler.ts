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
    const retries = headers.integer('RETRY_ATTEMPTS');
    const isTruncated = headers.text('IS_PAYLOAD_TRUNCATED')?.toLowerCase() === 'true';
    return {
      failure: {
        errorClass: headers.firstText('ERROR_CODE'),
        errorMessage: headers.firstText('ERROR_MESSAGE'),
        reason: isTruncated ? 'payload truncated' : headers.firstText('EXHAUSTED_RETRY_CONDITION'),
        attempts: retries === undefined ? undefined : retries + 1,
      },
      origin: {
        failedIn: headers.firstText('TARGET_ARN', 'SCHEDULE_ARN'),
        content: isTruncated ? 'truncated' : undefined,
      },
      originalAt: isoInstant(headers.text('SCHEDULED_TIME')),
    };
  },
};
