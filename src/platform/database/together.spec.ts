import { describe, expect, it } from '@jest/globals';
import { Together } from './together.js';

describe('work done together', () => {
  /** Doubles numbers; what is under way waits until it is let go. Refuses every batch with a number in `bad`. */
  const aCounter = (bad: readonly number[] = [], most?: number) => {
    const batches: number[][] = [];
    const held: (() => void)[] = [];
    const together = new Together<number, number>(async (items) => {
      batches.push([...items]);
      await new Promise<void>((resolve) => held.push(resolve));
      const refused = items.find((item) => bad.includes(item));
      if (refused !== undefined) throw new Error(`not ${refused}`);
      return items.map((item) => item * 2);
    }, most);
    const go = async (): Promise<void> => {
      for (const one of held.splice(0)) one();
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { together, batches, go };
  };

  it('begins with the first, and takes those who come meanwhile at once', async () => {
    const { together, batches, go } = aCounter();
    const results = [1, 2, 3].map((n) => together.do(n));
    await go();
    results.push(together.do(4));
    await go();
    await go();
    expect(await Promise.all(results)).toEqual([2, 4, 6, 8]);
    expect(batches).toEqual([[1], [2, 3], [4]]);
  });

  it('takes no more at a time than it may', async () => {
    const { together, batches, go } = aCounter([], 2);
    const results = [1, 2, 3, 4].map((n) => together.do(n));
    for (let round = 0; round < 3; round++) await go();
    expect(await Promise.all(results)).toEqual([2, 4, 6, 8]);
    expect(batches).toEqual([[1], [2, 3], [4]]);
  });

  it('does each alone where one spoilt it for all, and goes on', async () => {
    const { together, batches, go } = aCounter([3]);
    const results = Promise.allSettled([1, 2, 3, 4].map((n) => together.do(n)));
    await go();
    await go();
    const next = together.do(5);
    await go();
    expect(await results).toEqual([
      { status: 'fulfilled', value: 2 },
      { status: 'fulfilled', value: 4 },
      { status: 'rejected', reason: new Error('not 3') },
      { status: 'fulfilled', value: 8 },
    ]);
    expect(await next).toBe(10);
    expect(batches).toEqual([[1], [2, 3, 4], [2], [3], [4], [5]]);
  });

  it('says what was wrong with one that was alone, without trying again', async () => {
    const { together, batches, go } = aCounter([1]);
    const result = Promise.allSettled([together.do(1)]);
    await go();
    expect(await result).toEqual([{ status: 'rejected', reason: new Error('not 1') }]);
    expect(batches).toEqual([[1]]);
  });
});
