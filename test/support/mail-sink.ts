import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

export interface MailSink {
  readonly url: string;
  /** Each mail as it came, headers and body. */
  readonly received: string[];
  /** Whether mails are turned away for now. */
  refuse(refusing: boolean): void;
  /** Answers to a mail again and again, and never says whether it was taken. */
  drip(dripping: boolean): void;
  /** Keeps the next mail and does not say so until it is let go. */
  stall(): { readonly reached: Promise<void>; letGo(): void };
  close(): Promise<void>;
}

/** A mail server on the loopback that delivers nowhere. */
export async function aMailSink(): Promise<MailSink> {
  const received: string[] = [];
  let refusing = false;
  let dripping = false;
  let stalled: { reach: () => void; until: Promise<void> } | undefined;
  const server = createServer((socket) => {
    let mail: string | undefined;
    let rest = '';
    const say = (line: string): boolean => socket.write(`${line}\r\n`);
    say('220 sink');
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      rest += chunk.toString('utf8');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (dripping && line.startsWith('EHLO')) {
          const drops = setInterval(() => say('250-still there'), 20);
          socket.once('close', () => clearInterval(drops));
        } else if (mail !== undefined && line !== '.') mail += `${line}\r\n`;
        else if (mail !== undefined) {
          received.push(mail);
          mail = undefined;
          const held = stalled;
          stalled = undefined;
          held?.reach();
          void Promise.resolve(held?.until).then(() => say('250 kept'));
        } else if (line.startsWith('EHLO')) say('250 sink');
        else if (line.startsWith('MAIL') && refusing) say('451 not now');
        else if (line === 'DATA') {
          mail = '';
          say('354 go on');
        } else if (line === 'QUIT') socket.end('221 bye\r\n');
        else say('250 ok');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    refuse: (now) => {
      refusing = now;
    },
    drip: (now) => {
      dripping = now;
    },
    stall: () => {
      let letGo!: () => void;
      const until = new Promise<void>((resolve) => (letGo = resolve));
      const reached = new Promise<void>((reach) => {
        stalled = { reach, until };
      });
      return { reached, letGo };
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
