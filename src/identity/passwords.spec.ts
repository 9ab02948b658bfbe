import { describe, expect, it } from '@jest/globals';
import { hashPassword, verifyPassword } from './passwords.js';

describe('a password', () => {
  it('is kept as an argon2id hash of its own salt', async () => {
    const [one, two] = [await hashPassword('the same words'), await hashPassword('the same words')];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,/);
    expect(one).not.toBe(two);
    expect(await verifyPassword(one, 'the same words')).toBe(true);
    expect(await verifyPassword(one, 'The same words')).toBe(false);
  });

  it('is never right for an account that does not exist, not even the one its hash was made of', async () => {
    expect(await verifyPassword(undefined, 'the password of nobody')).toBe(false);
  });
});
