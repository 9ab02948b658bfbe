import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express, { type NextFunction, type Request, type Response } from 'express';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { FROM_ANYBODY, jsonBodies } from './json-bodies.js';

const LONG = JSON.stringify({ words: 'x'.repeat(FROM_ANYBODY) });

describe('a body of JSON', () => {
  let server: Server;
  let url: string;
  let asked: number;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    asked = 0;
    const app = express();
    app.use(
      jsonBodies((request) => {
        asked += 1;
        return Promise.resolve(request.header('authorization') === 'known');
      }),
    );
    app.post('/', (request, response) => void response.send(String(JSON.stringify(request.body)?.length)));
    app.use((error: { code?: string; type?: string }, _request: Request, response: Response, _next: NextFunction) => {
      response.status(400).send(error.code ?? error.type);
    });
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  const posted = async (body: string | Uint8Array<ArrayBuffer> | ReadableStream, more: Record<string, string> = {}) => {
    const headers = { 'Content-Type': 'application/json', ...more };
    const answer = await fetch(url, { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
    return answer.text();
  };
  const known = { Authorization: 'known' };
  const inPieces = (text: string): ReadableStream => new Blob([text]).stream();
  const packed = (text: string) => new Uint8Array(gzipSync(text));

  it('is read from anybody where it is short, and nobody is asked who sends it', async () => {
    expect(await posted('{"a":1}')).toBe('7');
    expect(asked).toBe(0);
  });

  it('is read from who is signed in where it is long, comes in pieces or packed', async () => {
    expect(await posted(LONG, known)).toBe(String(LONG.length));
    expect(await posted(inPieces(LONG), known)).toBe(String(LONG.length));
    expect(await posted(packed(LONG), { ...known, 'Content-Encoding': 'gzip' })).toBe(String(LONG.length));
  });

  it('is refused by its length alone where nobody is signed in, before any of it has come', async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400[^]*notSignedIn$/);
  });

  it('that does not say its length is read from anybody as far as a short one goes', async () => {
    expect(await posted(inPieces('{"a":1}'))).toBe('7');
    expect(await posted(inPieces(LONG))).toBe('entity.too.large');
    expect(await posted(packed(LONG), { 'Content-Encoding': 'gzip' })).toBe('entity.too.large');
  });
});
