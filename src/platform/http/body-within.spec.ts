import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { bodyWithin, takesLong } from './body-within.js';

const WITHIN_MS = 300;

describe('the time that a body has to arrive', () => {
  let server: Server;
  let sockets: Socket[];

  beforeEach(async () => {
    const app = express();
    app.use(bodyWithin(WITHIN_MS));
    app.post('/upload', (request, response) => {
      takesLong(request);
      let bytes = 0;
      request.on('data', (part: Buffer) => (bytes += part.length));
      request.on('end', () => response.send(`received ${bytes}`));
    });
    app.post('/refused', (_request, response) => void response.status(401).send('not signed in'));
    app.use(express.json());
    app.post('/normal', (_request, response) => void response.send('done'));
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    sockets = [];
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  /** What has been answered so far, by the connection on which this much of ten bytes was sent. */
  const send = (path: string, body: string): { socket: Socket; said: () => string } => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    let said = '';
    socket.on('data', (part: Buffer) => (said += part.toString())).on('error', () => undefined);
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n${body}`,
    );
    return { socket, said: () => said };
  };

  it.each(['/normal', '/refused', '/nowhere'])('ends the connection of half a body to %s', async (path) => {
    const { socket, said } = send(path, '{"a"');
    await once(socket, 'close');
    expect(said()).not.toContain('200 OK');
  });

  it('is longer for who is known and uploads', async () => {
    const half = send('/normal', '{"a"');
    const upload = send('/upload', '12345');
    await once(half.socket, 'close');
    await pause(WITHIN_MS);
    upload.socket.write('67890');
    await once(upload.socket, 'data');
    expect(upload.said()).toContain('received 10');
  });

  it('leaves a connection open for the next request when the body arrived', async () => {
    const { socket, said } = send('/normal', '{"a":   1}');
    await once(socket, 'data');
    await pause(2 * WITHIN_MS);
    expect(socket.closed).toBe(false);
    expect(said()).toContain('200 OK');
  });
});
