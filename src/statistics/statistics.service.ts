import { Injectable } from '@nestjs/common';
import {
  type CountedEvent,
  type Covered,
  type Statistics,
  StatisticsOfReferrals,
} from '../domain/referral/statistics.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { Actor } from '../platform/http/actor.js';
import { InvalidInput } from '../platform/http/problem.js';

/** Calendar dates where the authority works, both included. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

interface EventRow {
  aggregate_id: string;
  seq: number;
  case_id: string;
  type: string;
  at: Date;
  facets: Record<string, unknown>;
}

const PAGE = 5000;

/** Figures about the duty to tell, from the event history alone: nothing is counted along, so nothing can drift. */
@Injectable()
export class StatisticsService {
  constructor(private readonly database: Database) {}

  forAuditor(actor: Actor, period: Period): Promise<Statistics & Covered> {
    return this.database.inActorTx(actor.id, (tx) => this.inTx(tx, period));
  }

  forOperator(period: Period): Promise<Statistics & Covered> {
    return this.database.inWorkerTx((tx) => this.inTx(tx, period));
  }

  private async inTx(tx: Tx, { from, to }: Period): Promise<Statistics & Covered> {
    if (to < from) throw new InvalidInput([{ pointer: '/to', detail: 'is before the first day of the period' }]);
    const bounds = await tx.one<{ from: Date; to: Date }>(
      'SELECT $1::date::timestamptz AS from, ($2::date + 1)::timestamptz AS to',
      [from, to],
    );
    const complete = bounds!.to <= tx.now;
    const until = complete ? bounds!.to : tx.now;
    const statistics = new StatisticsOfReferrals(bounds!.from.getTime(), until.getTime());
    let after: [id: string, seq: number] = ['00000000-0000-0000-0000-000000000000', 0];
    for (;;) {
      const rows = await tx.rows<EventRow>(
        `SELECT aggregate_id, seq, case_id, type, at, facets FROM event
         WHERE (aggregate_id, seq) > ($1, $2::integer) AND (aggregate_kind = 'referral' OR type = 'REGISTER_CASE') AND at < $3
         ORDER BY aggregate_id, seq LIMIT ${PAGE}`,
        [...after, until],
      );
      for (const row of rows) statistics.add(counted(row));
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return { complete, until: until.toISOString(), ...statistics.result() };
      after = [last.aggregate_id, last.seq];
    }
  }
}

function counted({ aggregate_id, case_id, type, at, facets }: EventRow): CountedEvent {
  const due = facets['dueAt'];
  const dueAt = typeof due === 'string' ? Date.parse(due) : undefined;
  return { aggregateId: aggregate_id, caseId: case_id, type, at: at.getTime(), facets, dueAt };
}
