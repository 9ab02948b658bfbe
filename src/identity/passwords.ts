import argon2 from 'argon2';

/** argon2id with OWASP's parameters: 19 MiB, two passes, one lane. Old hashes keep their own parameters and still verify. */
const COST = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export const hashPassword = (password: string): Promise<string> => argon2.hash(password, COST);

let nobody: Promise<string> | undefined;

/** Whether the password is right; without a hash it takes as long and is always wrong, so that time names no account. */
export async function verifyPassword(hash: string | undefined, password: string): Promise<boolean> {
  nobody ??= hashPassword('the password of nobody');
  const right = await argon2.verify(hash ?? (await nobody), password);
  return right && hash !== undefined;
}
