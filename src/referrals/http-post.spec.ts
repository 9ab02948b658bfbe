import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { closeIdleConnections, post } from './http-post.js';

describe('an idle connection to a receiver', () => {
  let server: Server | undefined;
  afterEach(() => {
    closeIdleConnections();
    server?.closeAllConnections();
    server?.close();
  });

  it('is used again, and ended by us before a server would close it', async () => {
    const sockets: Socket[] = [];
    server = createServer((request, response) => request.resume().on('end', () => response.end('taken')));
    server.keepAliveTimeout = 60_000;
    server.on('connection', (socket) => sockets.push(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const limits = { totalMs: 5_000, responseBytes: 100 };
    for (let n = 0; n < 2; n++) expect(await post(url, {}, '{}', limits)).toEqual({ status: 200, body: 'taken' });
    expect(sockets).toHaveLength(1);
    // Left alone, the server would wait twelve times as long as those that close soonest.
    await once(sockets[0]!, 'end');
    expect(await post(url, {}, '{}', limits)).toEqual({ status: 200, body: 'taken' });
    expect(sockets).toHaveLength(2);
  });
});
