import { Logger } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { rateLimited } from './bull.js';
import { Stopping } from './stopping.js';
import { TimedOut, within } from './timeout.js';

describe('a call that may never settle', () => {
  it('gives its answer when there is one in time', async () => {
    await expect(within(1000, 'it', Promise.resolve(7))).resolves.toBe(7);
  });

  it('is given up after its time, and how it ends later hurts nobody', async () => {
    let fail: (error: Error) => void = () => undefined;
    const never = new Promise<number>((_resolve, reject) => (fail = reject));
    await expect(within(5, 'Redis', never)).rejects.toThrow(new TimedOut('Redis', 5));
    fail(new Error('much later'));
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('a client that repeats its error without pause', () => {
  it('is heard once and counted', () => {
    const heard: [string, number][] = [];
    const complain = rateLimited((error, swallowed) => heard.push([error.message, swallowed]));
    for (let n = 0; n < 1000; n++) complain(new Error('away'));
    expect(heard).toEqual([['away', 0]]);
  });
});

describe('stopping', () => {
  it('stops intake, relay and workers in that order, whoever registered first and whatever fails', async () => {
    Logger.overrideLogger(false);
    const order: string[] = [];
    const stopping = new Stopping();
    for (const phase of ['workers', 'relay', 'intake'] as const) {
      stopping.register(phase, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        order.push(phase);
        if (phase === 'relay') throw new Error('a stop that fails');
      });
    }
    await stopping.beforeApplicationShutdown();
    expect(order).toEqual(['intake', 'relay', 'workers']);
  });
});
