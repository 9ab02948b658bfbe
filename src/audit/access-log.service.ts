import { Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Database } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';

export interface AccessRecord {
  /** Who asked; `null` before anybody is signed in. */
  readonly actor: Pick<Actor, 'id'> | null;
  /** What was asked for, such as `read Case`. */
  readonly action: string;
  /** The thing itself by id, such as `/api/cases/<uuid>`; never a name or a search term. */
  readonly resource: string;
  readonly outcome: 'read' | 'refused' | 'signedIn' | 'signInRefused' | 'signedOut';
  /** Ids, codes and counts only. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Who saw or was refused what. Each record commits in its own transaction, never under a case's lock. */
@Injectable()
export class AccessLog {
  private readonly logger = new Logger('AccessLog');

  constructor(private readonly database: Database) {}

  /** Commits one record. Throws `unavailable` when it cannot be written: what cannot be accounted for is not shown. */
  async record({ actor, action, resource, outcome, detail = {} }: AccessRecord): Promise<void> {
    try {
      await this.database.inActorTx(actor?.id ?? null, async (tx) => {
        await tx.rows(
          `INSERT INTO access_log (id, actor_id, action, resource, outcome, detail) VALUES ($1, $2, $3, $4, $5, $6)`,
          [randomUUID(), actor?.id ?? null, action, resource, outcome, JSON.stringify(detail)],
          'access_log_record',
        );
      });
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      this.logger.error({ code, message, action }, 'an access record could not be written');
      throw new DomainError(
        'unavailable',
        'The access log cannot be written, so nothing was shown. Try again in a moment; if it stays, tell the operator.',
        { retryAfter: 5 },
      );
    }
  }

  /**
   * Runs a read of personal data and hands its result over only after the record of it is committed. A refusal on the way
   * (a DomainError) is recorded as refused and thrown on.
   */
  async readOrRefuse<T>(asked: Omit<AccessRecord, 'outcome'>, read: () => Promise<T>): Promise<T> {
    let value: T;
    try {
      value = await read();
    } catch (error) {
      if (error instanceof DomainError) {
        await this.record({ ...asked, outcome: 'refused', detail: { ...asked.detail, code: error.code } });
      }
      throw error;
    }
    await this.record({ ...asked, outcome: 'read' });
    return value;
  }
}
