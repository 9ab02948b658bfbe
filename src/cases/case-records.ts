import { Injectable } from '@nestjs/common';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { nextEvent } from '../platform/database/next-event.js';
import type { DataKey } from '../platform/database/sealing.js';
import { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import type { LockedCase } from './case.store.js';
import { lockedCase } from './cases.service.js';

/** What is recorded, as its event tells it. */
export interface Recorded {
  readonly type: string;
  readonly payload: object;
  /** Plain, beside the state. */
  readonly facets?: object;
}

/** Records something on a case that its chart need not decide: rows and their event, and no state changes. */
@Injectable()
export class CaseRecords {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
  ) {}

  /** `ids` is what the request, and a repeated one, is answered with; it is returned as the first request had it. */
  async record<T extends Record<string, string>>(
    actor: Actor,
    caseId: string,
    asked: Preconditions,
    ids: T,
    work: (tx: Tx, write: Write, record: LockedCase, key: DataKey) => Promise<Recorded> | Recorded,
    locking: { readonly withReferrals?: true } = {},
  ): Promise<T> {
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result: { id: caseId, ...ids } };
    const lock = { aggregate: 'case' as const, id: caseId, ...locking };
    const done = await this.database.once({ ...claim, lock }, async (tx, locked) => {
      const record = lockedCase(locked, asked);
      const key = this.dataKeys.ofLocked(record);
      const write = new Write();
      const { type, payload, facets } = await work(tx, write, record, key);
      const event = nextEvent(record, key, {
        aggregateKind: 'case',
        caseId,
        type,
        actorId: actor.id,
        at: tx.now,
        facets: { state: record.snapshot, ...facets },
        payload,
      });
      write
        .insert('event', event.row)
        .update('case_file', { id: caseId }, { version: record.version + 1, ...event.head });
      await write.run(tx);
    });
    return done.repeated ? (done.result as T) : ids;
  }
}
