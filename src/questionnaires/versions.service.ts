import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import { decide, initial } from '../domain/workflow/decide.js';
import type { QuestionnaireCommandType, QuestionnaireEffect } from '../domain/workflow/vocabulary/questionnaire.js';
import { Database, type Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import { json, Write } from '../platform/database/write.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { InvalidInput } from '../platform/http/problem.js';
import { CommandRefused } from '../workflows/command-refused.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import { bodyHashOf, type DraftFiles, type DraftIdentity, identityOf } from './draft-files.js';
import { ProofsService } from './proofs.service.js';
import { takenNames } from './settled-names.js';
import type { VersionCommandDto } from './version-command.dto.js';
import { versionAdvice } from './version-advice.js';
import { type Proposal, versionFacts } from './version-facts.js';
import { eventOf, lockedVersion, publishedRow, taken } from './version-rows.js';
import { ChangedMeanwhile, type LookedAt, PUBLISHED, saidIn, standingInTheWay, type Step } from './version-steps.js';
import { type LockedVersion, VersionStore } from './version.store.js';

/** A proposal to move interviews, checked. */
export interface PreparedProposal {
  readonly proposal: Proposal;
  readonly facets: object;
  readonly row: Readonly<Record<string, unknown>>;
}
type Work = (tx: Tx, record: LockedVersion, looked: LookedAt) => Promise<void>;
/** Carries a questionnaire version from its draft to its retirement: each command decided by its chart, in one transaction. */
@Injectable()
export class VersionsService {
  constructor(
    private readonly database: Database,
    private readonly workflows: WorkflowsService,
    private readonly deadlines: DeadlinesService,
    private readonly store: VersionStore,
    private readonly proofs: ProofsService,
  ) {}

  /** A new draft; its author is whoever sends it. Throws InvalidInput while it does not say which questionnaire it is. */
  async create(actor: Actor, sent: DraftFiles, asked: Preconditions): Promise<string> {
    const identity = identityOf(sent);
    const id = randomUUID();
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result: { id } };
    const columns = await this.columnsOf(actor, sent, identity);
    const done = await this.database.once(claim, async (tx) => {
      await this.assertNumberFreeInTx(tx, identity);
      const chart = this.workflows.current('questionnaire');
      const begun = initial(chart);
      const event = eventOf({ id, event_seq: 0, event_hash: null }, tx, actor.id, 'CREATE_DRAFT', begun.snapshot, {
        code: identity.code,
        number: identity.number,
        bodyHash: columns.body_hash,
      });
      const row = { id, code: identity.code, ...columns, workflow_hash: chart.hash, snapshot: json(begun.snapshot) };
      await new Write()
        .insert('questionnaire_version', {
          ...row,
          stage: begun.stage,
          created_at: tx.now,
          created_by: actor.id,
          ...event.head,
        })
        .insert('questionnaire_author', { questionnaire_id: id, user_id: actor.id, since: tx.now })
        .insert('event', event.row)
        .run(tx)
        .catch(taken(identity));
    });
    return done.repeated ? (done.result['id'] ?? id) : id;
  }

  /** Replaces every file of a draft. */
  async edit(actor: Actor, id: string, sent: DraftFiles, asked: Preconditions): Promise<void> {
    const identity = identityOf(sent);
    const columns = await this.columnsOf(actor, sent, identity);
    await this.once(actor, id, asked, async (tx, record, looked) => {
      if (identity.code !== record.code) {
        const detail = `this is a draft of ${record.code}; send its files, or make a new draft with POST /api/questionnaires`;
        throw new InvalidInput([{ pointer: '/files', detail }]);
      }
      await this.assertNumberFreeInTx(tx, identity, id);
      const step = await this.stepInTx(tx, actor, record, looked, { type: 'EDIT_DRAFT' });
      await this.applyInTx(step, columns, { number: identity.number, bodyHash: columns.body_hash }).catch(
        taken(identity),
      );
    });
  }

  /** Applies one command: state, history and what follows from it commit together or not at all. */
  async execute(actor: Actor, id: string, command: VersionCommandDto, asked: Preconditions): Promise<void> {
    await this.once(actor, id, asked, async (tx, record, looked) => {
      const step = await this.stepInTx(tx, actor, record, looked, command);
      await this.applyInTx(step, {}, { bodyHash: record.body_hash, ...saidIn(step) });
    });
  }

  /** Proposes a plan to move interviews to this version, or to take one back; its id. */
  async propose(
    actor: Actor,
    id: string,
    asked: Preconditions,
    prepare: (tx: Tx, record: LockedVersion) => Promise<PreparedProposal>,
  ): Promise<string> {
    const migrationId = randomUUID();
    const propose: Work = async (tx, record, looked) => {
      const { proposal, facets, row } = await prepare(tx, record);
      const step = await this.stepInTx(tx, actor, record, looked, { type: 'PROPOSE_MIGRATION' });
      const own = { id: migrationId, questionnaire_id: record.id, proposed_by: actor.id, proposed_at: tx.now };
      const planned = { ...own, status: 'proposed', ...row };
      await this.applyInTx({ ...step, proposal, planned }, {}, { migration: migrationId, ...facets });
    };
    const done = await this.once(actor, id, asked, propose, { migrationId });
    return done['migrationId'] ?? migrationId;
  }

  private async once(
    actor: Actor,
    id: string,
    asked: Preconditions,
    work: Work,
    ids: Readonly<Record<string, string>> = {},
  ): Promise<Readonly<Record<string, string>>> {
    const result = { id, ...ids };
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result };
    for (let tries = 1; ; tries++) {
      const looked = await this.lookAt(actor, id);
      try {
        const done = await this.database.once(
          { ...claim, lock: { aggregate: 'questionnaire', id } },
          async (tx, locked) => {
            await work(tx, lockedVersion(locked, asked), looked);
          },
        );
        return done.repeated ? done.result : result;
      } catch (error) {
        if (!(error instanceof ChangedMeanwhile) || tries === MOST_TRIES) throw error;
      }
    }
  }

  /** Before anything is locked, as it takes seconds; what is locked later must be what was looked at. */
  private async lookAt(actor: Actor, id: string): Promise<LookedAt> {
    const { draft, pair } = await this.database.inActorTx(actor.id, async (tx) => {
      const record = await this.store.findInTx(tx, id);
      // Nothing in the life of what is published asks for a proof again.
      if (!record || record.published_at !== null) return {};
      return { draft: record, pair: await this.proofs.pairInTx(tx, record) };
    });
    return draft
      ? { ...(await this.proofs.look(draft, pair)), bodyHash: draft.body_hash, against: pair?.before.hash }
      : PUBLISHED;
  }

  private async stepInTx(
    tx: Tx,
    actor: Actor,
    record: LockedVersion,
    looked: LookedAt,
    command: Step['command'],
  ): Promise<Step> {
    if (CHANGES_WHAT_SERVES.includes(command.type)) await this.store.lockServingInTx(tx);
    const draft = record.published_at === null;
    const inUse = draft ? await this.store.findPublishedInTx(tx, record.code, record.id) : undefined;
    if (looked.bodyHash !== (draft ? record.body_hash : undefined) || looked.against !== inUse?.hash)
      throw new ChangedMeanwhile(record);
    return { tx, actor, record, row: await this.store.factsInTx(tx, record.id, actor.id), looked, command };
  }

  private async applyInTx(step: Step, columns: object, facets: object): Promise<void> {
    const { tx, actor, record, row, looked, command } = step;
    const workflow = this.workflows.get('questionnaire', record.workflow_hash);
    const said = command as VersionCommandDto;
    const decided = decide(
      workflow,
      record.snapshot,
      command,
      versionFacts({ actor, record, row, ...looked }, said, step.proposal),
    );
    if (!decided.ok) {
      const next = (await this.store.highestNumberInTx(tx, record.code)) + 1;
      throw new CommandRefused(decided, standingInTheWay(step), versionAdvice(workflow, step, decided, next));
    }
    const write = new Write();
    const set: Record<string, unknown> = { ...columns };
    for (const effect of decided.effects) await this.applyEffect(step, write, set, effect);
    if (WRITES.includes(command.type))
      write.upsert(
        'questionnaire_author',
        { questionnaire_id: record.id, user_id: actor.id, since: tx.now },
        '(questionnaire_id, user_id)',
        [],
      );
    const event = eventOf(record, tx, actor.id, command.type, decided.snapshot, facets);
    await write
      .insert('event', event.row)
      .update(
        'questionnaire_version',
        { id: record.id, version: record.version },
        { ...set, snapshot: json(decided.snapshot), stage: decided.stage, version: record.version + 1, ...event.head },
      )
      .run(tx);
  }

  private async applyEffect(
    { tx, actor, record, row, looked: { proof, difference }, command, planned }: Step,
    write: Write,
    set: Record<string, unknown>,
    effect: QuestionnaireEffect,
  ): Promise<void> {
    switch (effect.type) {
      case 'startDeadline': {
        const due = await this.deadlines.dueInTx(tx, effect.params.kind);
        this.deadlines.startUnread(tx, write, record.id, effect.params.kind, due);
        set['review_due_at'] = due.dueAt;
        return;
      }
      case 'meetDeadline':
        this.deadlines.meet(tx, write, record.id, effect.params.kind);
        set['review_due_at'] = null;
        return;
      case 'endDeadlines':
        this.deadlines.end(tx, write, record.id, effect.params.kinds);
        set['review_due_at'] = null;
        return;
      case 'recordApproval': {
        const seen = effect.params.outcome === 'approved' ? difference : undefined;
        write.insert('questionnaire_approval', {
          id: randomUUID(),
          questionnaire_id: record.id,
          outcome: effect.params.outcome,
          body_hash: record.body_hash,
          against: seen?.against ?? null,
          difference_hash: seen?.hash ?? null,
          reason: command.reason ?? null,
          by_id: actor.id,
          at: tx.now,
        });
        return;
      }
      case 'publishVersion':
        set['published_at'] = tx.now;
        write.insert('questionnaire', publishedRow(record, proof, tx.now));
        return;
      case 'retireVersion':
        set['retired_at'] = tx.now;
        return;
      case 'saveDraft':
        return; // its columns come with the command
      case 'proposeMigration':
        if (!planned) throw new Error('a proposal to move interviews comes with its plan');
        write.insert('questionnaire_migration', planned);
        return;
      case 'approveMigration':
      case 'dropMigration': {
        const status = effect.type === 'approveMigration' ? 'approved' : 'dropped';
        const decided = { status, decided_by: actor.id, decided_at: tx.now };
        write.update('questionnaire_migration', { id: row.migration?.id }, decided);
        return;
      }
      default:
        throw new Error(`no rows are known for the effect ${JSON.stringify(effect satisfies never)}`);
    }
  }

  /** The columns that follow from the files, with what published questionnaires lend put beside what was sent. */
  private async columnsOf(actor: Actor, sent: DraftFiles, { code, ...identity }: DraftIdentity) {
    const lent = await this.database.inActorTx(actor.id, async (tx) => {
      const wrong = await takenNames((text, values) => tx.rows(text, values), { code, ...identity }, sent);
      if (wrong.length > 0) throw new InvalidInput(wrong);
      return this.store.lentInTx(tx, identity.pack, sent.files);
    });
    const body: DraftFiles = { files: [...sent.files, ...lent] };
    const body_hash = bodyHashOf(body);
    const hash = (await this.proofs.of(body, body_hash)).compiled?.hash ?? null;
    return {
      ...identity,
      countries: [...identity.countries],
      title: json(identity.title),
      body: json(body),
      body_hash,
      hash,
    };
  }

  private async assertNumberFreeInTx(tx: Tx, { code, number }: DraftIdentity, except?: string): Promise<void> {
    const other = await this.store.findNumberedInTx(tx, code, number, except);
    if (!other) return;
    const next = (await this.store.highestNumberInTx(tx, code)) + 1;
    const instead =
      other.stage === 'draft'
        ? `Replace its files with PUT /api/questionnaires/${other.id}/files, or write "version": ${next}.`
        : `Write "version": ${next} in the questionnaire.`;
    throw new DomainError('conflict', `Version ${number} of ${code} exists already (${other.stage}). ${instead}`, {
      id: other.id,
      nextVersion: next,
    });
  }
}

/** Whoever did one of these wrote part of it, or answered for it, and cannot approve it. */
const WRITES: readonly QuestionnaireCommandType[] = ['EDIT_DRAFT', 'SUBMIT_FOR_APPROVAL'];

/** These are decided on what else is published: one at a time, or two would each count on what the other one changes. */
const CHANGES_WHAT_SERVES: readonly QuestionnaireCommandType[] = ['PUBLISH_QUESTIONNAIRE', 'RETIRE_QUESTIONNAIRE'];

/** How often a command is decided anew because what was looked at has changed until it was locked. */
const MOST_TRIES = 3;
