import { Injectable } from '@nestjs/common';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import { CommandRefused } from '../workflows/command-refused.js';
import { allowedCommands, decide, positionOf, type AllowedCommand, type Snapshot } from '../domain/workflow/decide.js';
import type { PersonFacts } from '../domain/workflow/vocabulary/person.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type LockedRow, type Tx } from '../platform/database/database.js';
import { NotFound, StaleVersion } from '../platform/database/errors.js';
import { nextEvent } from '../platform/database/next-event.js';
import { Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import type { PersonCommandDto } from './person-command.dto.js';

interface PersonRow {
  readonly id: string;
  readonly case_id: string;
  readonly workflow_hash: string;
  readonly snapshot: Snapshot;
  readonly version: number;
  readonly identity_recorded_by: string;
  readonly event_seq: number;
  readonly event_hash: Buffer | null;
}

interface DroppedRow {
  readonly country: string;
  readonly by: string;
  readonly at: Date;
  readonly seq: number | null;
  readonly payload: Buffer | null;
  readonly wrapped: Buffer | null;
}

export interface PersonView {
  readonly id: string;
  readonly caseId: string;
  readonly version: number;
  readonly state: Record<string, string>;
  readonly allowedCommands: readonly AllowedCommand[];
  readonly stillBlocked: readonly StillBlocked[];
}

/** A country that one person corrected away, and that bars its recipients until a second one unblocks it. */
export interface StillBlocked {
  readonly country: string;
  /** A display name. */
  readonly droppedBy: string;
  readonly droppedAt: string;
  /** Null: the content of the case was erased. */
  readonly reason: string | null;
}

const IDENTITY: readonly string[] = [
  'VERIFY_IDENTITY',
  'DISPUTE_IDENTITY',
  'RETURN_TO_CLAIMED_IDENTITY',
  'MERGE_IDENTITY',
  'SPLIT_IDENTITY',
];

/** By these a person is taken out of the country by an authority, which a stay of removal forbids. */
const REMOVALS: readonly string[] = ['MARK_REMOVED', 'MARK_TRANSFERRED'];

/** Where a person is and who they are, apart from the case: nothing recorded here ends a duty. */
@Injectable()
export class PeopleService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly workflows: WorkflowsService,
    private readonly deadlines: DeadlinesService,
  ) {}

  async view(actor: Actor, caseId: string): Promise<PersonView> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const person = await this.findInTx(tx, caseId);
      const workflow = this.workflows.get('person', person.workflow_hash);
      const { regions } = positionOf(workflow, person.snapshot);
      return {
        id: person.id,
        caseId,
        version: person.version,
        state: Object.fromEntries(regions.map(({ region, state }) => [region, state])),
        allowedCommands: allowedCommands(workflow, person.snapshot, factsOf(person, actor)),
        stillBlocked: await this.droppedInTx(tx, person),
      };
    });
  }

  /**
   * Records what somebody found. A removal is recorded as the fact it is, also in spite of a stay: who asked for the stay is alerted and
   * sees it with the hold, and the head of the unit and whoever decides on holds have it on their lists until the hold is ended.
   */
  async execute(actor: Actor, caseId: string, command: PersonCommandDto, asked: Preconditions): Promise<void> {
    const { id } = await this.database.inActorTx(actor.id, (tx) => this.findInTx(tx, caseId));
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result: { id } };
    await this.database.once({ ...claim, lock: { aggregate: 'person', id } }, (tx, locked) =>
      this.decideInTx(tx, locked, actor, command, asked),
    );
  }

  private async decideInTx(
    tx: Tx,
    locked: LockedRow | undefined,
    actor: Actor,
    command: PersonCommandDto,
    asked: Preconditions,
  ): Promise<void> {
    if (!locked) throw new NotFound('case');
    const person = locked as unknown as PersonRow & LockedRow;
    if (asked.version !== undefined && asked.version !== person.version)
      throw new StaleVersion(asked.version, person.version);
    const workflow = this.workflows.get('person', person.workflow_hash);
    const decided = decide(workflow, person.snapshot, command, factsOf(person, actor));
    if (!decided.ok) throw new CommandRefused(decided);
    const { type, ...said } = command;
    const stays = REMOVALS.includes(type) ? await this.staysInTx(tx, person.case_id) : [];
    const event = nextEvent(person, this.dataKeys.ofLocked(person), {
      aggregateKind: 'person',
      caseId: person.case_id,
      type,
      actorId: actor.id,
      at: tx.now,
      facets: { state: decided.snapshot, ...(stays.length > 0 ? { stays } : {}) },
      payload: said,
    });
    const write = new Write();
    for (const subjectId of stays)
      await this.deadlines.startInTx(tx, write, { caseId: person.case_id, subjectId }, 'brokenStay');
    await write
      .insert('event', event.row)
      .update(
        'person',
        { id: person.id, version: person.version },
        {
          snapshot: decided.snapshot,
          version: person.version + 1,
          ...(IDENTITY.includes(type) ? { identity_recorded_by: actor.id } : {}),
          ...event.head,
        },
      )
      .run(tx);
  }

  /** Stays of removal that live, and that nobody broke before. */
  private async staysInTx(tx: Tx, caseId: string): Promise<string[]> {
    const rows = await tx.rows<{ id: string }>(
      `SELECT id FROM hold WHERE case_id = $1 AND kind = 'stayOfRemoval' AND granted AND ended_at IS NULL AND valid_until > f1_now()
         AND NOT EXISTS (SELECT FROM deadline d WHERE d.subject_id = hold.id AND d.kind = 'brokenStay') ORDER BY id`,
      [caseId],
      'person_stays',
    );
    return rows.map(({ id }) => id);
  }

  private async droppedInTx(tx: Tx, person: PersonRow): Promise<StillBlocked[]> {
    const rows = await tx.rows<DroppedRow>(
      `SELECT DISTINCT ON (p.country, p.dropped_by) p.country, u.display_name AS by, p.dropped_at AS at, e.seq, e.payload, k.wrapped
       FROM person_country p JOIN app_user u ON u.id = p.dropped_by JOIN data_key k ON k.case_id = p.case_id
         LEFT JOIN event e ON e.case_id = p.case_id AND e.at = p.dropped_at AND e.actor_id = p.dropped_by
           AND e.aggregate_id = p.case_id AND e.type = 'CORRECT_PARTICULARS'
       WHERE p.person_id = $1 ORDER BY p.country, p.dropped_by, p.dropped_at`,
      [person.id],
      'person_countries_dropped',
    );
    return rows.map(({ country, by, at, seq, payload, wrapped }) => ({
      country,
      droppedBy: by,
      droppedAt: at.toISOString(),
      reason:
        wrapped === null || payload === null
          ? null
          : this.dataKeys
              .unwrap(person.case_id, wrapped)
              .open<{ reason: string }>(payload, `event:${person.case_id}:${seq}`).reason,
    }));
  }

  private async findInTx(tx: Tx, caseId: string): Promise<PersonRow> {
    const person = await tx.one<PersonRow>('SELECT * FROM person WHERE case_id = $1', [caseId], 'person_of_case');
    if (!person) throw new NotFound('case');
    return person;
  }
}

const factsOf = (person: PersonRow, actor: Actor): PersonFacts => ({
  actorRoles: actor.roles,
  actorRecordedIdentity: person.identity_recorded_by === actor.id,
  sourceNamed: true, // the DTO refuses a command without one
});
