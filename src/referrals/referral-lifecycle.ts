import { Injectable } from '@nestjs/common';
import { DeadlinesService } from '../deadlines/deadlines.service.js';
import type { Content } from '../domain/referral/file.js';
import type { CompiledWorkflow } from '../domain/workflow/compile.js';
import {
  allowedCommands,
  type AllowedCommand,
  decide,
  initial,
  positionOf,
  type Refused,
  type Snapshot,
} from '../domain/workflow/decide.js';
import type { ReferralCommandType, ReferralEffect, ReferralFacts } from '../domain/workflow/vocabulary/referral.js';
import { eventHash, type EventFacts } from '../platform/database/chain.js';
import type { Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import type { DataKey } from '../platform/database/sealing.js';
import type { Write } from '../platform/database/write.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import type { NewReferral, ReferralRow } from './referral.store.js';

export interface ReferralCommand {
  readonly type: ReferralCommandType;
  readonly facts: ReferralFacts;
  /** The person whose command it is; null: the system's. */
  readonly actorId: string | null;
  /** A person's own command on this referral moves the version that people see. */
  readonly movesVersion: boolean;
  /** No personal data. */
  readonly facets?: Content;
  /** What a person wrote, with the key that seals it. */
  readonly said?: { readonly content: Content; readonly key: DataKey };
}

/** Carries one referral through its pinned chart: decides, then adds state, history and clocks to the caller's one statement. */
@Injectable()
export class ReferralLifecycle {
  constructor(
    private readonly workflows: WorkflowsService,
    private readonly deadlines: DeadlinesService,
  ) {}

  /** Adds a new referral in the newest chart's first state, with its first event and clocks. Says when it must have arrived. */
  async startInTx(
    tx: Tx,
    write: Write,
    referral: NewReferral,
    actorId: string,
    facets: Content,
  ): Promise<{ dueAt: Date }> {
    const workflow = this.workflows.current('referral');
    const { snapshot, effects } = initial(workflow);
    const event: EventFacts = {
      aggregateId: referral.id,
      seq: 1,
      aggregateKind: 'referral',
      type: 'CREATE_REFERRAL',
      actorId,
      at: tx.now.toISOString(),
      facets: { kind: referral.kind, ...facets, state: snapshot },
      contentHash: null,
    };
    const hash = eventHash(null, event);
    write
      .insert('referral', {
        ...referral,
        workflow_hash: workflow.hash,
        snapshot: jsonOf(snapshot),
        event_seq: 1,
        event_hash: hash,
        created_at: tx.now,
      })
      .insert('event', eventRow(referral.case_id, event, hash, null));
    const clocks = await this.clocksInTx(tx, write, referral, effects);
    const dueAt = clocks.get('refer');
    if (!dueAt) throw new Error(`the referral chart ${workflow.hash} starts no "refer" deadline`);
    return { dueAt };
  }

  /**
   * Applies one command to a locked referral. Throws `commandRefused` and adds nothing when the chart refuses. Receipt and
   * acknowledgement rows are the caller's; the columns that mark and suspend are written here.
   */
  async applyInTx(tx: Tx, write: Write, referral: ReferralRow, command: ReferralCommand): Promise<void> {
    const outcome = decide(this.chartOf(referral), referral.snapshot, { type: command.type }, command.facts);
    if (!outcome.ok) throw refused(outcome);
    const seq = referral.event_seq + 1;
    const sealed = command.said?.key.seal(command.said.content, `event:${referral.id}:${seq}`);
    const event: EventFacts = {
      aggregateId: referral.id,
      seq,
      aggregateKind: 'referral',
      type: command.type,
      actorId: command.actorId,
      at: tx.now.toISOString(),
      facets: { kind: referral.kind, ...command.facets, state: outcome.snapshot },
      contentHash: sealed?.contentHash ?? null,
    };
    const hash = eventHash(referral.event_hash, event);
    write.insert('event', eventRow(referral.case_id, event, hash, sealed?.bytes ?? null)).update(
      'referral',
      { id: referral.id, event_seq: referral.event_seq },
      {
        snapshot: jsonOf(outcome.snapshot),
        event_seq: seq,
        event_hash: hash,
        ...(command.movesVersion ? { version: referral.version + 1 } : {}),
        ...marksOf(tx, referral, outcome.effects),
      },
    );
    await this.clocksInTx(tx, write, referral, outcome.effects);
  }

  /** Makes sure that a chart published after this process started is known; outside transactions. */
  async learn(hash: string): Promise<void> {
    if (!this.workflows.list().some((summary) => summary.hash === hash)) await this.workflows.load();
  }

  /** What this actor may send now, each with what stands in its way. */
  allowedCommands(referral: Pick<ReferralRow, 'workflow_hash' | 'snapshot'>, facts: ReferralFacts): AllowedCommand[] {
    return allowedCommands(this.chartOf(referral), referral.snapshot, facts);
  }

  /** One word for lists. */
  stageOf(referral: Pick<ReferralRow, 'workflow_hash' | 'snapshot'>): string {
    return positionOf(this.chartOf(referral), referral.snapshot).stage;
  }

  private chartOf({ workflow_hash }: Pick<ReferralRow, 'workflow_hash'>): CompiledWorkflow<'referral'> {
    return this.workflows.get('referral', workflow_hash);
  }

  private async clocksInTx(
    tx: Tx,
    write: Write,
    referral: { readonly id: string; readonly case_id: string },
    effects: readonly ReferralEffect[],
  ): Promise<ReadonlyMap<string, Date>> {
    const subject = { caseId: referral.case_id, subjectId: referral.id };
    const started = new Map<string, Date>();
    for (const effect of effects) {
      if (effect.type === 'startDeadline') {
        const { dueAt } = await this.deadlines.startInTx(tx, write, subject, effect.params.kind);
        started.set(effect.params.kind, dueAt);
      }
      if (effect.type === 'meetDeadline') this.deadlines.meet(tx, write, referral.id, effect.params.kind);
      if (effect.type === 'endDeadlines') this.deadlines.end(tx, write, referral.id, effect.params.kinds);
    }
    return started;
  }
}

/** A chart without regions has a plain string as its snapshot, which a jsonb column needs as JSON. */
const jsonOf = (snapshot: Snapshot): unknown => (typeof snapshot === 'string' ? JSON.stringify(snapshot) : snapshot);

const eventRow = (caseId: string, event: EventFacts, hash: Buffer, payload: Buffer | null): Content => ({
  aggregate_id: event.aggregateId,
  seq: event.seq,
  aggregate_kind: event.aggregateKind,
  case_id: caseId,
  type: event.type,
  actor_id: event.actorId,
  at: event.at,
  facets: event.facets,
  payload,
  content_hash: event.contentHash,
  hash,
});

function marksOf(tx: Tx, referral: ReferralRow, effects: readonly ReferralEffect[]): Content {
  const marks: Record<string, Date | null> = {};
  for (const { type } of effects) {
    if (type === 'markCorrected') marks['corrected_at'] = referral.corrected_at ?? tx.now;
    if (type === 'suspendAccess') marks['suspended_at'] = tx.now;
    if (type === 'restoreAccess') Object.assign(marks, { corrected_at: null, suspended_at: null });
  }
  return marks;
}

const refused = ({ command, state, because, allowed }: Refused): DomainError =>
  new DomainError('commandRefused', because.join(' '), { command, state, because, allowed });
