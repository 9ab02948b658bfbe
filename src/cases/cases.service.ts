import { Injectable } from '@nestjs/common';
import { clocksStarted } from '../deadlines/clocks-started.js';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import { holdsThatStop } from '../domain/referral/hold.js';
import type { CompiledWorkflow } from '../domain/workflow/compile.js';
import { type AllowedCommand, permits, positionOf, type Snapshot, stageTagsOf } from '../domain/workflow/decide.js';
import { allowedInEither, answering, decideInEither, inPlaceOf } from '../domain/workflow/move.js';
import { reachOf } from '../domain/workflow/reach.js';
import type { CaseCommandType, CaseEffect } from '../domain/workflow/vocabulary/case.js';
import type { CertificateName } from '../identity/certificates.service.js';
import { DataKeys } from '../platform/database/data-keys.js';
import { Database, type LockedRow, type Tx } from '../platform/database/database.js';
import { DomainError, NotFound, StaleVersion } from '../platform/database/errors.js';
import { nextEvent } from '../platform/database/next-event.js';
import type { DataKey } from '../platform/database/sealing.js';
import { Write } from '../platform/database/write.js';
import { InvalidInput } from '../platform/http/problem.js';
import type { Actor } from '../platform/http/actor.js';
import type { Preconditions } from '../platform/http/preconditions.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import type { Applicant } from './applicant.js';
import { CaseEffects } from './case-effects.js';
import { applicantOf, type CaseSituation, certificateFor, FactsOfCase } from './case-facts.js';
import { ALL_PARTS, type CasePart, PartsRead, partsFor, reading } from './case-file-reads.js';
import { type CaseInstruction, wordsOf } from './case-instruction.js';
import { CaseStore, type LockedCase } from './case.store.js';
import { moveOf } from './chart-move.js';
import { blockedRecipientsInTx } from './blocked-recipients.js';
import { caseView, type CaseView } from './case.view.js';
import { barRefusedInTx, ProsecutionTrackStore } from './prosecution-track.store.js';
import { CommandRefused } from '../workflows/command-refused.js';

export interface CommandDone {
  /** The same request was carried out before: nothing was done now. */
  readonly repeated: boolean;
  /** Ids that the first request was answered with. */
  readonly result: Readonly<Record<string, string>>;
}

export interface CaseOutcome {
  readonly id: string;
  readonly version: number;
  readonly snapshot: Snapshot;
}

const CERTIFICATES: readonly CertificateName[] = ['interview1F', 'review1F', 'decide1F'];

/** Carries cases through their chart: one command, one transaction, and the duties in it. */
@Injectable()
export class CasesService {
  constructor(
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
    private readonly workflows: WorkflowsService,
    private readonly store: CaseStore,
    private readonly effects: CaseEffects,
    private readonly tracks: ProsecutionTrackStore,
    private readonly deadlines: DeadlinesService,
  ) {}

  /**
   * Applies one command to a case: state, history and duties commit together or not at all. `alongside` adds rows that belong
   * to the command itself, such as an allegation's content, once the chart has said yes.
   */
  async execute(
    actor: Actor,
    caseId: string,
    instruction: CaseInstruction,
    asked: Preconditions,
    { ids = {}, alongside }: { ids?: Readonly<Record<string, string>>; alongside?: Alongside } = {},
  ): Promise<CommandDone> {
    const result = { id: caseId, ...ids };
    const claim = { actorId: actor.id, key: asked.key, requestHash: asked.requestHash, result };
    const lock = { aggregate: 'case' as const, id: caseId };
    // Which chart the case is pinned to is known under its lock only; what the newest one asks is right for most.
    const parts = [...partsFor(reachOf(this.workflows.current('case'), instruction.type), instruction)];
    const read = parts.map((part) => reading(part, caseId, actor.id));
    const done = await this.database.once({ ...claim, lock, read }, (tx, locked, rows) => {
      const record = lockedCase(locked, asked);
      const key = this.dataKeys.ofLocked(record);
      const situation = { record, key, actor, file: PartsRead.of(parts, rows), now: tx.now };
      return this.decideInTx(tx, situation, instruction, alongside);
    });
    return done.repeated ? { repeated: true, result: done.result } : { repeated: false, result };
  }

  /** The case as its officers see it: where it stands, what is due, what this person may do and why not the rest. */
  async view(actor: Actor, caseId: string): Promise<CaseView> {
    return this.database.inActorTx(actor.id, async (tx) => {
      const record = await this.store.findInTx(tx, caseId);
      if (!record) throw new NotFound('case');
      const key = await this.dataKeys.getInTx(tx, caseId);
      const file = await this.store.readInTx(tx, caseId, actor.id, ALL_PARTS);
      const situation = { record, key, actor, file, now: tx.now };
      const workflow = this.workflows.get('case', record.workflow_hash);
      const lists = CERTIFICATES.map((name) =>
        allowedInEither(
          this.workflows.chartsOf('case', record.workflow_hash),
          record.snapshot as Snapshot,
          new FactsOfCase(situation, name),
        ),
      );
      const allowed = (lists[0] ?? []).map((entry, index) => {
        const own = certificateFor(entry.type as CaseCommandType);
        return lists[CERTIFICATES.indexOf(own)]?.[index] ?? entry;
      });
      return caseView({
        record,
        applicant: applicantOf(situation),
        workflow,
        position: positionOf(workflow, record.snapshot as Snapshot),
        allowed: await this.asRefusedInTx(tx, caseId, allowed),
        deadlines: await this.store.deadlinesInTx(tx, caseId),
        obligations: await this.store.obligationsInTx(tx, caseId),
        assignments: await this.store.assignmentsInTx(tx, caseId),
        holds: await this.store.liveHoldsInTx(tx, caseId),
        blockedRecipients: await blockedRecipientsInTx(tx, key, caseId, actor.id),
        track: await this.tracks.findInTx(tx, caseId),
      });
    });
  }

  /** What is known of the person, for features that assess it. */
  async getApplicantInTx(tx: Tx, caseId: string, key: DataKey): Promise<Applicant> {
    const person = await this.store.getPersonInTx(tx, caseId);
    return key.open<Applicant>(person.sealed, `person:${person.id}`);
  }

  private async decideInTx(
    tx: Tx,
    situation: CaseSituation & { readonly record: LockedCase; readonly actor: Actor },
    instruction: CaseInstruction,
    alongside?: Alongside,
  ): Promise<CaseOutcome> {
    const { record, key, actor, file } = situation;
    const facts = new FactsOfCase(situation, certificateFor(instruction.type), instruction);
    const charts = this.workflows.chartsOf('case', record.workflow_hash);
    const {
      chart: workflow,
      at: snapshot,
      moved,
    } = answering(charts, record.snapshot as Snapshot, instruction.type, facts);
    const { facts: asked, effects: own } = reachOf(workflow, instruction.type);
    const effects = new Set([...own, ...(moved?.effects ?? []).map(({ type }) => type)]);
    await this.readInTx(tx, situation, partsFor({ facts: asked, effects }, instruction));
    assertAllegationsExist(instruction, file);
    // A refusal names what is allowed instead, and that asks for everything.
    const outdated = inPlaceOf(charts, record.snapshot as Snapshot, instruction.type, facts).length > 0;
    if (outdated || !permits(workflow, snapshot, instruction, facts)) await this.readInTx(tx, situation, ALL_PARTS);
    const decided = decideInEither(charts, record.snapshot as Snapshot, instruction, facts);
    if (!decided.ok) {
      // Where only the competence rules stand in the way, the refusal names the gap that the operator has to close.
      const gaps = [
        'aCompetentAuthorityExists',
        'aCompetentAuthorityExistsForSuspicion',
        'aCompetentAuthorityExistsForAccount',
      ];
      const onlyGap =
        decided.because.length === 1 &&
        gaps.some((name) => workflow.vocabulary.guards[name]?.says === decided.because[0]);
      if (onlyGap) await this.effects.nameGapInTx(tx, record.id, facts, file.get('analysis').rows);
      throw new CommandRefused(decided);
    }
    await this.assertNotHeldInTx(tx, record.id, instruction.type);
    const write = new Write();
    const written = new Map<string, string>();
    const said = await alongside?.(tx, write, record, key);
    for (const effect of [...(moved?.effects ?? []), ...decided.effects]) {
      await this.effects.apply({ tx, write, record, key, actor, file, instruction, written }, effect);
    }
    if (isOver(workflow, snapshot) && !isOver(workflow, decided.snapshot))
      this.deadlines.meet(tx, write, record.id, 'reopening');
    const about = { aggregateKind: 'case' as const, caseId: record.id, actorId: actor.id, at: tx.now };
    const move = moved && moveOf(record, key, about, { chart: workflow.hash, at: snapshot });
    if (move) write.insert('event', move.row);
    const event = nextEvent(move?.head ?? record, key, {
      ...about,
      type: instruction.type,
      facets: {
        state: decided.snapshot,
        country: record.country_of_origin,
        procedure: record.procedure_type,
        ...clocksStarted(write, record.id),
      },
      payload: { ...wordsOf(instruction), ...said },
    });
    write.insert('event', event.row).update(
      'case_file',
      { id: record.id, version: record.version },
      {
        snapshot: decided.snapshot,
        stage: decided.stage,
        version: record.version + 1,
        analysis_revision: record.analysis_revision + (edits(decided.effects) ? 1 : 0),
        ...(moved ? { workflow_hash: workflow.hash } : {}),
        ...event.head,
      },
    );
    write.runLast(tx);
    return { id: record.id, version: record.version + 1, snapshot: decided.snapshot };
  }

  /** What the chart allows and the rows behind it would refuse is told as refused, in the same words. */
  private async asRefusedInTx(tx: Tx, caseId: string, allowed: readonly AllowedCommand[]): Promise<AllowedCommand[]> {
    const isBar = (one: AllowedCommand): boolean => one.type === 'RECORD_REMOVAL_BAR' && one.allowed;
    const refusal = allowed.some(isBar) ? await barRefusedInTx(tx, caseId) : undefined;
    return allowed.map((one) =>
      refusal && isBar(one) ? { ...one, allowed: false, because: [...one.because, refusal.message] } : one,
    );
  }

  /** What a prosecutor was granted a hold on waits, and the refusal says until when. */
  private async assertNotHeldInTx(tx: Tx, caseId: string, command: string): Promise<void> {
    const stopping = holdsThatStop(command);
    if (stopping.length === 0) return;
    const hold = (await this.store.liveHoldsInTx(tx, caseId)).find(({ kind }) => stopping.includes(kind));
    if (!hold) return;
    const until = hold.valid_until.toISOString();
    throw new DomainError(
      'heldBack',
      `${command} waits until ${until}: a hold (${hold.kind}) was granted on this case. A legal adviser or decision-maker can end it ` +
        `with reasons; GET /api/cases/${caseId}/holds shows it.`,
      { command, hold: hold.kind, until },
    );
  }

  private async readInTx(tx: Tx, { record, actor, file }: CaseSituation, parts: Iterable<CasePart>): Promise<void> {
    const missing = file.missing(parts);
    if (missing.length > 0) file.add(missing, await tx.all(missing.map((part) => reading(part, record.id, actor.id))));
  }
}

/** Whether there is something to reopen: Article 1F is applied, or the examination has ended otherwise. */
export const isOver = (workflow: CompiledWorkflow<'case'>, snapshot: Snapshot): boolean =>
  stageTagsOf(workflow, snapshot).some((tag) => tag === 'exclusionApplied' || tag === 'examinationEnded');

/** Rows that belong to a command beside its effects, and what its event says of them beside its own words. */
export type Alongside = (tx: Tx, write: Write, record: LockedCase, key: DataKey) => Promise<object | void>;

/** The locked row, if this person may see it and decided on its present version. */
export function lockedCase(locked: LockedRow | undefined, asked: Preconditions): LockedCase {
  if (!locked) throw new NotFound('case');
  const record = locked as LockedCase;
  if (asked.version !== undefined && asked.version !== record.version)
    throw new StaleVersion(asked.version, record.version);
  return record;
}

/** Effects after which the analysis is another one than was reviewed, announced and answered. */
const edits = (effects: readonly CaseEffect[]): boolean =>
  effects.some(({ type }) => type === 'editAnalysis' || type === 'setAnalysisAside');

/** A decision about an allegation that this file does not have must not pass as one fewer. */
function assertAllegationsExist(instruction: CaseInstruction, file: PartsRead): void {
  const named =
    'allegations' in instruction
      ? instruction.allegations.map(({ allegationId }, at) => ({ id: allegationId, pointer: `/allegations/${at}` }))
      : 'allegationIds' in instruction
        ? instruction.allegationIds.map((id, at) => ({ id, pointer: `/allegationIds/${at}` }))
        : [];
  if (named.length === 0) return;
  const known = new Set(file.get('analysis').rows.map(({ id }) => id));
  const strangers = named.filter(({ id }) => !known.has(id));
  if (strangers.length > 0) {
    throw new InvalidInput(
      strangers.map(({ pointer }) => ({ pointer, detail: 'is no allegation of this case' })),
      `This case has no allegation ${strangers.map(({ id }) => id).join(', ')}; it has ${[...known].join(', ') || 'none'}.`,
    );
  }
}
