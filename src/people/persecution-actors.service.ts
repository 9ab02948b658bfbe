import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { lockedCase } from '../cases/cases.service.js';
import { blockedRecipientsInTx, tellOfBlocked } from '../cases/blocked-recipients.js';
import { askUnblocking, unblockedByTwo } from '../cases/unblocking.js';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import { Config } from '../platform/config/config.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/database/errors.js';
import { nextEvent } from '../platform/database/next-event.js';
import { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import { InvalidInput } from '../platform/http/problem.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import type { PersecutionActors, RecordPersecutionActorDto } from './persecution-actors.dto.js';

interface Row {
  readonly id: string;
  readonly authority_id: string | null;
  readonly country: string | null;
  readonly sealed: Buffer;
  readonly recorded_at: Date;
  readonly withdrawal_asked_at: Date | null;
  readonly withdrawn_at: Date | null;
}

/** Whom the applicant alleges to have persecuted: nothing of this file may reach them, whenever that is recorded. */
@Injectable()
export class PersecutionActorsService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly deadlines: DeadlinesService,
  ) {}

  /** Throws NotFound for a case this person may not see. */
  async list(actor: Actor, caseId: string): Promise<PersecutionActors> {
    return this.database.inActorTx(actor.id, async (tx) => {
      await this.assertSeesInTx(tx, caseId);
      const key = await this.dataKeys.getInTx(tx, caseId);
      const rows = await tx.rows<Row>(
        `SELECT id, authority_id, country, sealed, recorded_at, withdrawal_asked_at, withdrawn_at
         FROM persecution_actor WHERE case_id = $1 ORDER BY recorded_at, id`,
        [caseId],
        'persecution_actors',
      );
      const items = rows.map((row) => ({
        id: row.id,
        name: key.open<{ name: string }>(row.sealed, placeOf(row.id)).name,
        authorityId: row.authority_id,
        country: row.country,
        recordedAt: row.recorded_at.toISOString(),
        withdrawalAskedAt: row.withdrawal_asked_at?.toISOString() ?? null,
        withdrawnAt: row.withdrawn_at?.toISOString() ?? null,
      }));
      return { items, toldBefore: await blockedRecipientsInTx(tx, key, caseId, actor.id) };
    });
  }

  /** From now on every authority it means is a blocked recipient of this case; what is on its way to one is held, and people are told of one that was told before. */
  async record(actor: Actor, caseId: string, given: RecordPersecutionActorDto, asked: Preconditions): Promise<void> {
    if (given.country === this.config.country) {
      const detail = 'is the country that decides: name the one authority that is meant (authorityId)';
      throw new InvalidInput([{ pointer: '/country', detail }]);
    }
    const id = randomUUID();
    const said = { id, name: given.name, authorityId: given.authorityId ?? null, country: given.country ?? null };
    await this.onCase(actor, caseId, asked, { ...said, reason: given.reason }, async (tx, write, seal) => {
      if (given.authorityId !== undefined) {
        const known = await tx.one('SELECT FROM authority WHERE id = $1', [given.authorityId], 'authority_known');
        if (!known)
          throw new InvalidInput([{ pointer: '/authorityId', detail: 'is no authority: see GET /api/authorities' }]);
      }
      const countries = said.country === null ? [] : [said.country];
      await tellOfBlocked(this.deadlines, tx, write, caseId, { authorityId: said.authorityId, countries });
      write.insert('persecution_actor', {
        id,
        case_id: caseId,
        authority_id: said.authorityId,
        country: said.country,
        sealed: seal({ ...said, reason: given.reason }, placeOf(id)),
        recorded_by: actor.id,
        recorded_at: tx.now,
      });
      return 'RECORD_PERSECUTION_ACTOR';
    });
  }

  /** Recorded by mistake: what was held goes on, once a second person says so too. Throws `fourEyes` for the first one's second try. */
  async withdraw(actor: Actor, caseId: string, id: string, reason: string, asked: Preconditions): Promise<void> {
    await this.onCase(actor, caseId, asked, { id, reason }, async (tx, write) => {
      const open = await tx.one<{ asked_by: string | null }>(
        'SELECT withdrawal_asked_by AS asked_by FROM persecution_actor WHERE id = $1 AND case_id = $2 AND withdrawn_at IS NULL',
        [id, caseId],
        'persecution_actor_open',
      );
      if (!open) throw new NotFound('actor of persecution');
      if (open.asked_by === actor.id) throw unblockedByTwo(caseId);
      if (open.asked_by === null) {
        const bars = { kind: 'persecutionActor', subjectId: id } as const;
        await askUnblocking(this.deadlines, tx, write, { caseId, actorId: actor.id, bars });
        return 'ASK_PERSECUTION_ACTOR_WITHDRAWAL';
      }
      write.update('persecution_actor', { id }, { withdrawn_by: actor.id, withdrawn_at: tx.now });
      return 'WITHDRAW_PERSECUTION_ACTOR';
    });
  }

  private async onCase(
    actor: Actor,
    caseId: string,
    asked: Preconditions,
    payload: object,
    /** Returns the type of the event that tells of it. */
    add: (tx: Tx, write: Write, seal: (value: object, place: string) => Buffer) => Promise<string>,
  ): Promise<void> {
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result: { id: caseId } };
    const lock = { aggregate: 'case' as const, id: caseId, withReferrals: true as const };
    await this.database.once({ ...claim, lock }, async (tx, locked) => {
      const record = lockedCase(locked, asked);
      const key = this.dataKeys.ofLocked(record);
      const write = new Write();
      const type = await add(tx, write, (value, place) => key.seal(value, place).bytes);
      const event = nextEvent(record, key, {
        aggregateKind: 'case',
        caseId,
        type,
        actorId: actor.id,
        at: tx.now,
        facets: { state: record.snapshot },
        payload,
      });
      write
        .insert('event', event.row)
        .update('case_file', { id: caseId, version: record.version }, { version: record.version + 1, ...event.head })
        .runLast(tx);
    });
  }

  private async assertSeesInTx(tx: Tx, caseId: string): Promise<void> {
    if (!(await tx.one('SELECT FROM case_file WHERE id = $1', [caseId], 'case_seen'))) throw new NotFound('case');
  }
}

const placeOf = (id: string): string => `persecution_actor:${id}`;
