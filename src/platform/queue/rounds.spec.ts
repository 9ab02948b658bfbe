import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { inRounds } from './rounds.js';
import { Stopping } from './stopping.js';

describe('work in rounds', () => {
  let stopping: Stopping;
  let ends: ((error?: Error) => void)[];
  const failures: string[] = [];
  const round = () =>
    new Promise<void>((done, fail) => {
      ends.push((error) => (error ? fail(error) : done()));
    });
  const start = (atOnce: boolean) =>
    inRounds(stopping, { everyMs: 100, atOnce }, round, ({ message }) => failures.push(message));

  beforeEach(() => {
    jest.useFakeTimers();
    stopping = new Stopping();
    ends = [];
    failures.length = 0;
  });
  afterEach(() => void jest.useRealTimers());

  it('begins after the first interval, or at once where that is wanted', () => {
    start(false);
    expect(ends).toHaveLength(0);
    jest.advanceTimersByTime(100);
    expect(ends).toHaveLength(1);
    start(true);
    expect(ends).toHaveLength(2);
  });

  it('leaves out the ticks that meet a round under way, and does not make up for them', async () => {
    start(true);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(ends).toHaveLength(1);
    ends[0]!();
    await jest.advanceTimersByTimeAsync(100);
    expect(ends).toHaveLength(2);
  });

  it('goes on after a round that failed, and tells of it', async () => {
    start(true);
    ends[0]!(new Error('no database'));
    await jest.advanceTimersByTimeAsync(100);
    expect(failures).toEqual(['no database']);
    expect(ends).toHaveLength(2);
  });

  it('is over when a stop has waited for the round under way, and begins none after it', async () => {
    start(true);
    let stopped = false;
    const stop = stopping.beforeApplicationShutdown().then(() => {
      stopped = true;
    });
    await jest.advanceTimersByTimeAsync(500);
    expect(stopped).toBe(false);
    ends[0]!();
    await stop;
    await jest.advanceTimersByTimeAsync(500);
    expect(ends).toHaveLength(1);
  });
});
