import { afterEach, describe, expect, it } from '@jest/globals';
import { JobFailed, WorkThread } from './work-thread.js';

const entry = new URL('../../../test/support/odd-jobs.thread.js', import.meta.url);

describe('a thread beside the event loop', () => {
  const threads: WorkThread[] = [];
  const aThread = ({ seconds = 30, megabytes = 64, waiting = 10 } = {}): WorkThread => {
    const thread = new WorkThread(entry, { seconds, megabytes, waiting });
    threads.push(thread);
    return thread;
  };
  afterEach(() => Promise.all(threads.splice(0).map((thread) => thread.stop())));

  it('answers each job in the order asked, while the event loop goes on', async () => {
    const thread = aThread();
    const order: unknown[] = [];
    const jobs = [1, 2, 3].map((n) => thread.run({ echo: n }).then((result) => order.push(result)));
    await Promise.all(jobs);
    expect(order).toEqual([1, 2, 3]);
  });

  it('says what a job threw, and does the next one', async () => {
    const thread = aThread();
    await expect(thread.run({ throws: 'out of bounds' })).rejects.toThrow(new JobFailed('out of bounds'));
    await expect(thread.run({ echo: 'still here' })).resolves.toBe('still here');
  });

  it.each([
    ['that never ends', { forEver: true }, 'did not end within 3 seconds'],
    ['that ends its thread', { exits: 7 }, 'its thread ended with code 7'],
    ['that takes all memory', { hoards: true }, 'memory'],
  ])('gives up a job %s, and does the next one in a new thread', async (_, job, words) => {
    const thread = aThread({ seconds: 'forEver' in job ? 3 : 30 });
    const [odd, next] = await Promise.allSettled([thread.run(job), thread.run({ exits: false, echo: 'next' })]);
    expect(odd).toMatchObject({ status: 'rejected', reason: { name: 'JobFailed' } });
    expect(String((odd as PromiseRejectedResult).reason)).toContain(words);
    expect(next).toEqual({ status: 'fulfilled', value: 'next' });
  });

  it('refuses more than may wait, and what is asked while it stops', async () => {
    const thread = aThread({ waiting: 1 });
    const kept = Promise.allSettled([thread.run({ forEver: true }), thread.run({ echo: 1 })]);
    await expect(thread.run({ echo: 2 })).rejects.toMatchObject({ code: 'unavailable' });
    await thread.stop();
    for (const one of await kept) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    await expect(thread.run({ echo: 3 })).rejects.toMatchObject({ code: 'unavailable' });
  });
});
