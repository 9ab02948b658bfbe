import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FEW_TO_SILENT, MOST_TO_ONE, SILENT_AFTER_MS, type Taken, Turns } from './turns.js';

describe('the turns of recipients', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const anOffice = () => {
    const told: [string, boolean][] = [];
    const turns = new Turns((recipient, silent) => told.push([recipient, silent]));
    const begun: string[] = [];
    const ends = new Map<string, (how: Taken | Error) => void>();
    const take = (recipient: string, name: string): Promise<boolean> =>
      turns.take(recipient, () => {
        begun.push(name);
        return new Promise((resolve, reject) => {
          ends.set(name, (how) => (how instanceof Error ? reject(how) : resolve(how)));
        });
      });
    const many = (recipient: string, count: number, from = 0): Promise<boolean>[] =>
      Array.from({ length: count }, (_, n) => take(recipient, `${recipient}${from + n}`));
    const end = async (name: string, how: Taken | Error): Promise<void> => {
      ends.get(name)!(how);
      await settled();
    };
    return { told, begun, take, many, end };
  };
  const settled = (): Promise<void> => jest.advanceTimersByTimeAsync(0).then(() => undefined);
  const names = (recipient: string, from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, n) => `${recipient}${from + n}`);

  it('are taken in order, the next as one ends, and each hears what became of its own', async () => {
    const { begun, many, end, told } = anOffice();
    const all = many('a', MOST_TO_ONE + 2);
    await settled();
    expect(begun).toEqual(names('a', 0, MOST_TO_ONE));
    await end('a3', 'answered');
    expect(begun.slice(MOST_TO_ONE)).toEqual([`a${MOST_TO_ONE}`]);
    await end('a0', 'answered');
    expect(begun).toHaveLength(MOST_TO_ONE + 2);
    for (const name of begun) await end(name, 'answered');
    expect(await Promise.all(all)).toEqual(all.map(() => true));
    expect(told).toEqual([]);
  });

  it('of one recipient keep none of another waiting', async () => {
    const { begun, many, take } = anOffice();
    void many('a', 3 * MOST_TO_ONE);
    void take('b', 'b0');
    await settled();
    expect(begun.at(-1)).toBe('b0');
  });

  it('are given up for those who wait for a recipient that answers nothing, and few of them go on trying', async () => {
    const { begun, many, take, end, told } = anOffice();
    const all = many('a', MOST_TO_ONE + 5);
    await jest.advanceTimersByTimeAsync(SILENT_AFTER_MS - 1);
    expect(told).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(told).toEqual([['a', true]]);
    expect(await Promise.all(all.slice(MOST_TO_ONE))).toEqual([false, false, false, false, false]);
    expect(await take('a', 'another')).toBe(false);
    for (const name of names('a', 0, MOST_TO_ONE)) await end(name, 'silent');
    expect(begun).toHaveLength(MOST_TO_ONE);
    void many('a', FEW_TO_SILENT, 100);
    await settled();
    expect(await take('a', 'yet another')).toBe(false);
    expect(begun.slice(MOST_TO_ONE)).toEqual(names('a', 100, 100 + FEW_TO_SILENT));
    expect(told).toEqual([['a', true]]);
  });

  it('are all there again when a silent recipient answers', async () => {
    const { begun, take, many, end, told } = anOffice();
    void take('a', 'lost');
    await settled();
    await end('lost', 'silent');
    void many('a', FEW_TO_SILENT);
    await settled();
    await end('a0', 'answered');
    expect(told).toEqual([
      ['a', true],
      ['a', false],
    ]);
    void many('a', MOST_TO_ONE - FEW_TO_SILENT + 1, 10);
    await settled();
    expect(begun).toHaveLength(1 + FEW_TO_SILENT + MOST_TO_ONE - FEW_TO_SILENT + 1);
  });

  it('say nothing of a silent recipient where it was not asked', async () => {
    const { take, many, end, told } = anOffice();
    void take('a', 'lost');
    await settled();
    await end('lost', 'silent');
    void take('a', 'stale');
    await settled();
    await end('stale', 'notAsked');
    void many('a', FEW_TO_SILENT);
    await settled();
    expect(await take('a', 'one more')).toBe(false);
    expect(told).toEqual([['a', true]]);
  });

  it('are lost for nobody by work that fails on our own side', async () => {
    const { begun, many, end, told } = anOffice();
    const all = many('a', MOST_TO_ONE + 1);
    await settled();
    const failed = expect(all[0]).rejects.toThrow('our own');
    await end('a0', new Error('our own'));
    await failed;
    expect(begun.at(-1)).toBe(`a${MOST_TO_ONE}`);
    expect(told).toEqual([]);
  });

  it('are watched for nobody once nobody waits for one', async () => {
    const { many, end, told } = anOffice();
    void many('a', MOST_TO_ONE + 1);
    await settled();
    await end('a0', 'notAsked');
    await jest.advanceTimersByTimeAsync(2 * SILENT_AFTER_MS);
    expect(told).toEqual([]);
  });

  it('begin no patience anew for those who come while it runs', async () => {
    const { many, take, told } = anOffice();
    void many('a', MOST_TO_ONE + 1);
    await jest.advanceTimersByTimeAsync(SILENT_AFTER_MS / 2);
    const late = take('a', 'late');
    await jest.advanceTimersByTimeAsync(SILENT_AFTER_MS / 2);
    expect(await late).toBe(false);
    expect(told).toEqual([['a', true]]);
  });
});
