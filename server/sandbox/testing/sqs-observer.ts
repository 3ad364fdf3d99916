import {
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';

/** Looks at the SQS of the sandbox as any client would. */
export function observeSqs(settings: {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}) {
  const { endpoint, region, credentials } = settings;
  // The client writes into the credentials that it is given.
  const client = new SQSClient({ endpoint, region, credentials: { ...credentials } });
  const urlOf = async (queue: string) => (await client.send(new GetQueueUrlCommand({ QueueName: queue }))).QueueUrl;
  return {
    /** Reads what is visible; it is visible again soon. */
    async read(queue: string): Promise<Message[]> {
      const QueueUrl = await urlOf(queue);
      const messages = new Map<string, Message>();
      for (;;) {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            VisibilityTimeout: 2,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['All'],
          }),
        );
        const fresh = Messages.filter(({ MessageId = '' }) => !messages.has(MessageId));
        for (const message of fresh) messages.set(message.MessageId ?? '', message);
        if (fresh.length === 0) return [...messages.values()];
      }
    },
    async send(queue: string, body: string, item: string): Promise<void> {
      const attributes = { 'replay-item': { DataType: 'String', StringValue: item } };
      const QueueUrl = await urlOf(queue);
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes: attributes }));
    },
    close: () => client.destroy(),
  };
}
