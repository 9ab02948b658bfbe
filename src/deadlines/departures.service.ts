import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { CaseRecords } from '../cases/case-records.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { InvalidInput } from '../platform/http/problem.js';
import { DeadlinesService } from './deadlines.service.js';

export interface ExpectedDeparture {
  /** Calendar date where the authority works. */
  readonly expectedOn: string;
  readonly source: string;
}

export interface DepartureView {
  readonly id: string;
  readonly expectedOn: string;
  readonly recordedAt: string;
}

/** When the person is expected to leave the country. It shortens the times to refer, to acknowledge and to decide a hold, and never lengthens them again. */
@Injectable()
export class DeparturesService {
  constructor(
    private readonly database: Database,
    private readonly records: CaseRecords,
    private readonly deadlines: DeadlinesService,
  ) {}

  async find(actor: Actor, caseId: string): Promise<DepartureView | null> {
    const row = await this.database.inActorTx(actor.id, (tx) =>
      tx.one<{ id: string; expected_on: string; recorded_at: Date }>(
        `SELECT id, expected_at::date AS expected_on, recorded_at FROM departure WHERE case_id = $1 AND withdrawn_at IS NULL`,
        [caseId],
        'departure',
      ),
    );
    return row ? { id: row.id, expectedOn: row.expected_on, recordedAt: row.recorded_at.toISOString() } : null;
  }

  /** Takes the place of what was expected before. Throws `conflict` under a stay of removal that lives. Shortens every time to refer, to acknowledge or to decide a hold that would end after it. */
  async expect(
    actor: Actor,
    caseId: string,
    { expectedOn, source }: ExpectedDeparture,
    asked: Preconditions,
  ): Promise<void> {
    await this.records.record(
      actor,
      caseId,
      asked,
      {},
      async (tx, write) => {
        const day = await tx.one<{ at: Date; past: boolean }>(
          'SELECT $1::date::timestamptz AS at, $1::date < f1_now()::date AS past',
          [expectedOn],
        );
        if (day!.past)
          throw new InvalidInput([
            {
              pointer: '/expectedOn',
              detail: 'is past: record with the person that they left instead (MARK_LEFT, MARK_REMOVED)',
            },
          ]);
        await this.assertNotStayedInTx(tx, caseId);
        await this.withdrawInTx(tx, caseId);
        const id = randomUUID();
        const row = { id, case_id: caseId, expected_at: day!.at, recorded_by: actor.id, recorded_at: tx.now };
        write.insert('departure', row);
        const shortened = await this.deadlines.shortenBeforeDepartureInTx(tx, caseId, day!.at);
        const facets = { departure: id, expectedOn, expectedAt: day!.at.toISOString(), shortened };
        return { type: 'EXPECT_DEPARTURE', facets, payload: { source } };
      },
      { withReferrals: true },
    );
  }

  /** Nobody expects it any more; times that it shortened stay short. */
  async withdraw(actor: Actor, caseId: string, reason: string, asked: Preconditions): Promise<void> {
    await this.records.record(actor, caseId, asked, {}, async (tx) => {
      const withdrawn = await this.withdrawInTx(tx, caseId);
      if (withdrawn === 0)
        throw new DomainError('conflict', 'No departure is expected in this case, so there is nothing to withdraw.');
      return { type: 'WITHDRAW_DEPARTURE', payload: { reason } };
    });
  }

  /** Nobody plans what is stayed. That the person left all the same is recorded with the person, whatever was stayed. */
  private async assertNotStayedInTx(tx: Tx, caseId: string): Promise<void> {
    const stay = await tx.one<{ id: string; referral_id: string; valid_until: Date }>(
      `SELECT id, referral_id, valid_until FROM hold WHERE case_id = $1 AND kind = 'stayOfRemoval' AND granted AND ended_at IS NULL
         AND valid_until > f1_now() ORDER BY valid_until DESC LIMIT 1`,
      [caseId],
      'departure_stayed',
    );
    if (!stay) return;
    const until = stay.valid_until.toISOString();
    throw new DomainError(
      'conflict',
      `Removal is stayed until ${until} by the hold ${stay.id}: tell whoever planned this departure. Once the hold has ended ` +
        `(POST /api/referrals/${stay.referral_id}/holds/${stay.id}/end) or run out, record the departure. That the person left all the ` +
        `same is recorded with the person (MARK_LEFT, MARK_REMOVED).`,
      { hold: stay.id, until },
    );
  }

  private async withdrawInTx(tx: Tx, caseId: string): Promise<number> {
    const rows = await tx.rows(
      'UPDATE departure SET withdrawn_at = $2 WHERE case_id = $1 AND withdrawn_at IS NULL RETURNING id',
      [caseId, tx.now],
    );
    return rows.length;
  }
}
