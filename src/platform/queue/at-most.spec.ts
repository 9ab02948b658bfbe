import { describe, expect, it } from '@jest/globals';
import { AtMost } from './at-most.js';

describe('so many things at once', () => {
  const anything = () => {
    const begun: string[] = [];
    const ends = new Map<string, (error?: Error) => void>();
    const work = (name: string) => () => {
      begun.push(name);
      return new Promise<string>((resolve, reject) => {
        ends.set(name, (error) => (error ? reject(error) : resolve(name)));
      });
    };
    return { begun, work, end: (name: string, error?: Error) => ends.get(name)!(error) };
  };

  it('begins the next as one ends, in the order in which they came, and gives to each what became of it', async () => {
    const { begun, work, end } = anything();
    const two = new AtMost(2);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => two.do(work(name)));
    expect(begun).toEqual(['a', 'b']);
    end('b');
    expect(await b).toBe('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    end('c');
    end('a');
    expect(await Promise.all([a, c])).toEqual(['a', 'c']);
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    end('d');
    expect(await d).toBe('d');
  });

  it('lets the next begin after one that fails, and has room again when all have ended', async () => {
    const { begun, work, end } = anything();
    const one = new AtMost(1);
    const [bad, good] = [one.do(work('bad')), one.do(work('good'))];
    end('bad', new Error('refused'));
    await expect(bad).rejects.toThrow('refused');
    expect(begun).toEqual(['bad', 'good']);
    end('good');
    await good;
    const later = one.do(work('later'));
    expect(begun).toEqual(['bad', 'good', 'later']);
    end('later');
    expect(await later).toBe('later');
  });
});
