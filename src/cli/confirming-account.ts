import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type pg from 'pg';
import { verifyPassword } from '../identity/passwords.js';
import { Told } from './told.js';

/** The operator of this name, once the password was given: on the terminal, or as the first line of standard input. */
export async function confirmedOperator(owner: pg.ClientBase, username: string): Promise<{ id: string }> {
  const { rows } = await owner.query<{ id: string; password_hash: string }>(
    `SELECT u.id, c.password_hash FROM app_user u JOIN credential c ON c.user_id = u.id
     WHERE u.username = $1 AND u.disabled_at IS NULL AND 'operator' = ANY (u.roles)`,
    [username],
  );
  const account = rows[0];
  if (!(await verifyPassword(account?.password_hash, await askPassword(username))) || !account)
    throw new Told(
      `This needs an open account with the role operator and its password; ${username} was not confirmed.`,
    );
  return { id: account.id };
}

async function askPassword(username: string): Promise<string> {
  const terminal = process.stdin.isTTY;
  if (terminal) process.stderr.write(`Password of ${username}: `);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: terminal ? silent : undefined, terminal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (terminal) process.stderr.write('\n');
  }
}
