import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { decide, initial } from '../domain/workflow/decide.js';
import { dueAt, localDate } from '../domain/referral/due-date.js';
import type { Content } from '../domain/referral/file.js';
import type { ReferralCommandType, ReferralEffect, ReferralFacts } from '../domain/workflow/vocabulary/referral.js';
import { Config } from '../platform/config/config.js';
import { eventHash, type EventFacts } from '../platform/database/chain.js';
import type { Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import type { DataKey } from '../platform/database/sealing.js';
import type { Write } from '../platform/database/write.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import { type ReferralRow, ReferralStore } from './referral.store.js';

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
    private readonly config: Config,
    private readonly workflows: WorkflowsService,
    private readonly store: ReferralStore,
  ) {}

  /** The newest chart's first state. */
  start(): { hash: string; snapshot: unknown } {
    const workflow = this.workflows.current('referral');
    return { hash: workflow.hash, snapshot: initial(workflow) };
  }

  /** When a clock of this kind that starts now ends, and the law that says so. Throws `dutyUnmet` when no rule is in force. */
  async dueInTx(tx: Tx, kind: string): Promise<{ at: Date; source: string }> {
    const zone = this.config.F1_TIME_ZONE;
    const date = localDate(tx.now.getTime(), zone);
    const rule = await this.store.findDeadlineRuleInTx(tx, kind, date);
    if (!rule) {
      throw new DomainError(
        'dutyUnmet',
        `No deadline rule "${kind}" is in force on ${date}. Ask the operator to add it with its legal source.`,
      );
    }
    return { at: new Date(dueAt(tx.now.getTime(), rule, zone)), source: rule.source };
  }

  /**
   * Applies one command to a locked referral. Throws `commandRefused` and adds nothing when the chart refuses. Receipt and
   * acknowledgement rows are the caller's; the columns that mark and suspend are written here.
   */
  async applyInTx(
    tx: Tx,
    write: Write,
    referral: ReferralRow,
    command: ReferralCommand,
  ): Promise<{ snapshot: unknown }> {
    const workflow = this.workflows.get(referral.workflow_hash);
    const outcome = decide(workflow, referral.snapshot, command.type, command.facts);
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
        snapshot: outcome.snapshot,
        event_seq: seq,
        event_hash: hash,
        ...(command.movesVersion ? { version: referral.version + 1 } : {}),
        ...marksOf(tx, referral, outcome.effects as readonly ReferralEffect[]),
      },
    );
    await this.clocksInTx(tx, write, referral, outcome.effects as readonly ReferralEffect[]);
    return { snapshot: outcome.snapshot };
  }

  private async clocksInTx(
    tx: Tx,
    write: Write,
    referral: ReferralRow,
    effects: readonly ReferralEffect[],
  ): Promise<void> {
    const running = (kind: string) => ({ subject_id: referral.id, kind, met_at: null, ended_at: null });
    for (const effect of effects) {
      if (effect.type === 'meetDeadline') write.updateAny('deadline', running(effect.params.kind), { met_at: tx.now });
      if (effect.type === 'endDeadlines') {
        for (const kind of effect.params.kinds) write.updateAny('deadline', running(kind), { ended_at: tx.now });
      }
      if (effect.type === 'startDeadline') {
        write.insert(
          'deadline',
          deadlineRow(referral, effect.params.kind, tx.now, await this.dueInTx(tx, effect.params.kind)),
        );
      }
    }
  }
}

export const deadlineRow = (
  { id, case_id }: { id: string; case_id: string },
  kind: string,
  now: Date,
  due: { at: Date; source: string },
): Content => ({
  id: randomUUID(),
  case_id,
  subject_id: id,
  kind,
  source: due.source,
  starts_at: now,
  due_at: due.at,
});

export const eventRow = (caseId: string, event: EventFacts, hash: Buffer, payload: Buffer | null = null): Content => ({
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

interface Refusal {
  readonly command: string;
  readonly state: unknown;
  readonly because: readonly string[];
  readonly allowed: readonly string[];
}

const refused = ({ command, state, because, allowed }: Refusal): DomainError =>
  new DomainError(
    'commandRefused',
    `${command} is refused: ${because.join(' ')} Allowed now: ${allowed.join(', ') || 'nothing'}.`,
    { command, state, because, allowed },
  );
