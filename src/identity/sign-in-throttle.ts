import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import { searchToken } from '../platform/database/sealing.js';
import { Keys } from '../platform/keys/keys.module.js';

/** How many wrong passwords, and for how long they count. */
const LIMITS = {
  address: { most: 50, lasts: '5 minutes' },
  account: { most: 20, lasts: '15 minutes' },
  accountAtAddress: { most: 10, lasts: '15 minutes' },
} as const;
const KNOWN_FOR = '90 days';

export interface Attempt {
  /** In the order of counting. */
  readonly counted: readonly Buffer[];
  readonly place: Buffer;
}

/**
 * Slows guessing down without letting a stranger lock anybody out. Wrong passwords are counted by address, by account, and by
 * account at one address. A place from which the account was used rightly before answers for itself alone: guesses from
 * elsewhere, or at other accounts, cannot keep a person out of the usual place. Usernames that do not exist are counted alike,
 * so a lock tells nothing. Keys are HMACs: the counters name neither accounts nor addresses.
 */
@Injectable()
export class SignInThrottle {
  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
  ) {}

  /** Counts an attempt before its password is looked at. Throws `tooManyRequests` with the seconds to wait. */
  async begin(username: string, address: string): Promise<Attempt> {
    const place = this.key('place', username, address);
    const { waits, counted } = await this.database.inActorTx(null, async (tx) => {
      const known = await tx.one<{ known: boolean }>('SELECT f1_knows_place($1) AS known', [place], 'f1_knows_place');
      const elsewhere = [
        { key: this.key('address', address), ...LIMITS.address },
        { key: this.key('account', username), ...LIMITS.account },
      ];
      const limits = [...(known?.known ? [] : elsewhere), { key: place, ...LIMITS.accountAtAddress }];
      const waits: number[] = [];
      for (const { key, most, lasts } of limits) {
        const row = await tx.one<{ wait: number }>(
          'SELECT f1_throttle($1, $2, $3::interval) AS wait',
          [key, most, lasts],
          'f1_throttle',
        );
        waits.push(row?.wait ?? 0);
      }
      return { waits, counted: limits.map(({ key }) => key) };
    });
    const retryAfter = Math.max(...waits);
    if (retryAfter > 0) {
      throw new DomainError(
        'tooManyRequests',
        `Too many attempts to sign in. Try again in ${Math.ceil(retryAfter / 60)} minutes, or from a place where you signed in before.`,
        { retryAfter },
      );
    }
    return { counted, place };
  }

  /** The password was right: the attempt does not count, and the place is known from now on. */
  async wasRight({ counted, place }: Attempt): Promise<void> {
    await this.database.inActorTx(null, (tx) =>
      tx.rows('SELECT f1_attempt_was_right($1, $2, $3::interval)', [counted, place, KNOWN_FOR], 'f1_attempt_was_right'),
    );
  }

  private key(kind: string, ...parts: string[]): Buffer {
    return searchToken(this.keys, `signIn:${kind}`, parts.join('\0'));
  }
}
