import { describe, expect, it } from '@jest/globals';
import { didYouMean } from './problems.js';

describe('the name that was meant', () => {
  it('is the closest one, where one is close', () => {
    expect(didYouMean('brithDate', ['birthDate', 'rank'])).toBe(' Did you mean "birthDate"?');
    expect(didYouMean('home', ['birthDate', 'rank'])).toBe('');
    expect(didYouMean('home', [])).toBe('');
  });

  it('is not looked for behind words longer than a name', () => {
    const name = 'a'.repeat(200);
    expect(didYouMean(name, [name])).not.toBe('');
    expect(didYouMean(`${name}a`, [name])).toBe('');
  });
});
