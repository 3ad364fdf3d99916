import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

export interface MailRelay {
  readonly port: number;
  stop(): Promise<void>;
}

/** A mail relay that speaks as much SMTP (RFC 5321) as it takes to accept or to refuse a recipient. */
export async function startMailRelay(knows: (mailbox: string) => boolean): Promise<MailRelay> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.write('220 relay.shop.example ESMTP\r\n');
    createInterface({ input: socket }).on('line', (line) => {
      if (line === 'QUIT') return socket.end('221 Bye\r\n');
      const mailbox = /^RCPT TO:<(.*)>$/.exec(line)?.[1];
      if (mailbox === undefined) return socket.write('250 OK\r\n');
      return socket.write(
        knows(mailbox) ? '250 OK\r\n' : `550 5.1.1 <${mailbox}>: Recipient address rejected: mailbox unavailable\r\n`,
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The mail relay listens on no port.');
  return {
    port: address.port,
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}

export class SmtpError extends Error {
  override readonly name = 'SmtpError';
}

/** Delivers one mail. Throws `SmtpError` with the relay's own words, or the system's error when nobody listens. */
export async function sendMail(mail: { to: string; subject: string }, relayPort: number): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port: relayPort, noDelay: true });
  await once(socket, 'connect');
  const commands = [
    'EHLO shop.example',
    'MAIL FROM:<shop@shop.example>',
    `RCPT TO:<${mail.to}>`,
    `DATA ${mail.subject}`,
    'QUIT',
  ];
  try {
    for await (const answer of createInterface({ input: socket })) {
      if (answer.startsWith('5')) throw new SmtpError(answer);
      const command = commands.shift();
      if (command === undefined) return;
      socket.write(`${command}\r\n`);
    }
  } finally {
    socket.destroy();
  }
}

/** Where the relay of the broken releases is said to be: nobody listens there. */
export const abandonedPort = 2525;
