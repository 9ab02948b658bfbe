import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** From, and up to. Below those of outgoing connections: 32768 on Linux, 49152 elsewhere. */
const PORTS = [20_000, 30_000] as const;

/**
 * A port of loopback that is free, one of these before any other. It is none that a system gives to outgoing connections: one of those
 * could have it by the time a server that begins, or comes back after a crash, asks for it.
 */
export async function freePort(...wanted: readonly number[]): Promise<number> {
  const others = Array.from({ length: 20 }, () => randomInt(...PORTS));
  for (const port of [...wanted, ...others]) if (await isFree(port)) return port;
  throw new Error(`no port of 127.0.0.1 from ${PORTS[0]} up to ${PORTS[1]} is free`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false));
    probe.listen({ host: '127.0.0.1', port }, () => probe.close(() => resolve(true)));
  });
