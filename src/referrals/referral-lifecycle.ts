import { Injectable } from '@nestjs/common';
import { clocksStarted } from '../deadlines/clocks-started.js';
import { type Calendar, DeadlinesService } from '../deadlines/deadlines.service.js';
import type { Content } from '../domain/referral/file.js';
import type { CompiledWorkflow } from '../domain/workflow/compile.js';
import { type AllowedCommand, configurationOf, initial, positionOf, type Refused } from '../domain/workflow/decide.js';
import { allowedInEither, answering, decideInEither } from '../domain/workflow/move.js';
import type { ReferralCommandType, ReferralEffect, ReferralFacts } from '../domain/workflow/vocabulary/referral.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import { type ChainHead, nextEvent } from '../platform/database/next-event.js';
import type { DataKey } from '../platform/database/sealing.js';
import { json, type Write } from '../platform/database/write.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import { hasNoFile } from './recalled.sql.js';
import type { NewReferral, ReferralRow } from './referral.store.js';

/** Which kind of referral it is stands in its row. */
export type FactsOfCommand = Omit<ReferralFacts, 'isCorrection'>;

export interface ReferralCommand {
  readonly type: ReferralCommandType;
  readonly facts: FactsOfCommand;
  /** The person whose command it is; null: the system's. */
  readonly actorId: string | null;
  /** A person's own command on this referral moves the version that people see. */
  readonly movesVersion: boolean;
  /** No personal data. */
  readonly facets?: Content;
  /** The case's data key; without it nothing can be said. */
  readonly key: DataKey | undefined;
  /** The content of the case was erased: nobody is waited for any more, so no clock starts. */
  readonly erased?: boolean;
  /** What a person wrote. */
  readonly said?: Content;
}

interface Beginning {
  readonly key: DataKey;
  readonly actorId: string | null;
  readonly facets: Content;
  /** When the person is expected to leave, where that was read. */
  readonly leavesAt?: Date | null | undefined;
}

/** Carries one referral through its pinned chart: decides, then adds state, history and clocks to the caller's one statement. */
@Injectable()
export class ReferralLifecycle {
  constructor(
    private readonly config: Config,
    private readonly workflows: WorkflowsService,
    private readonly deadlines: DeadlinesService,
  ) {}

  /** Adds a new referral in the newest chart's first state, with its first event and clocks. Says when it must have arrived. */
  async startInTx(
    tx: Tx,
    write: Write,
    referral: NewReferral,
    { key, actorId, facets, leavesAt }: Beginning,
  ): Promise<{ dueAt: Date }> {
    const workflow = this.workflows.current('referral');
    const { snapshot, effects } = initial(workflow);
    const clocks = await this.clocksInTx(tx, write, referral, effects, leavesAt);
    const dueAt = clocks.get('refer');
    if (!dueAt) throw new Error(`the referral chart ${workflow.hash} starts no "refer" deadline`);
    const head = { id: referral.id, event_seq: 0, event_hash: null };
    const event = nextEvent(head, key, {
      aggregateKind: 'referral',
      caseId: referral.case_id,
      type: 'CREATE_REFERRAL',
      actorId,
      at: tx.now,
      facets: {
        kind: referral.kind,
        grounds: referral.grounds,
        dueAt: dueAt.toISOString(),
        chart: workflow.hash,
        ...clocksStarted(write, referral.id),
        ...facets,
        state: snapshot,
      },
    });
    write
      .insert('referral', {
        ...referral,
        workflow_hash: workflow.hash,
        snapshot: json(snapshot),
        ...event.head,
        created_at: tx.now,
      })
      .insert('event', event.row);
    return { dueAt };
  }

  /**
   * Applies one command to a locked referral. Throws `commandRefused` and adds nothing when the chart refuses. Receipt and
   * acknowledgement rows are the caller's; the columns that mark and suspend are written here.
   */
  async applyInTx(tx: Tx, write: Write, referral: ReferralRow, command: ReferralCommand): Promise<void> {
    const facts = withKind(referral, command.facts);
    const charts = this.workflows.chartsOf('referral', referral.workflow_hash);
    const { chart, at, moved } = answering(charts, referral.snapshot, command.type, facts);
    const outcome = decideInEither(charts, referral.snapshot, { type: command.type }, facts);
    if (!outcome.ok) throw refused(outcome);
    const about = {
      aggregateKind: 'referral' as const,
      caseId: referral.case_id,
      actorId: command.actorId,
      at: tx.now,
    };
    const effects = [...(moved?.effects ?? []), ...outcome.effects];
    const clocks = command.erased ? effects.filter(({ type }) => type !== 'startDeadline') : effects;
    await this.clocksInTx(tx, write, referral, await this.withFeedbackInTx(tx, referral, clocks));
    let head: ChainHead = referral;
    if (moved) {
      const facets = { kind: referral.kind, from: referral.workflow_hash, to: chart.hash, state: at };
      const event = nextEvent(head, command.key, { ...about, type: 'MOVE_CHART', facets });
      write.insert('event', event.row);
      head = { id: referral.id, ...event.head };
    }
    const event = nextEvent(head, command.key, {
      ...about,
      type: command.type,
      facets: {
        kind: referral.kind,
        ...command.facets,
        ...clocksStarted(write, referral.id),
        state: outcome.snapshot,
      },
      ...(command.said ? { payload: command.said } : {}),
    });
    write.insert('event', event.row);
    head = { id: referral.id, ...event.head };
    const recalled = outcome.effects.some(({ type }) => type === 'suspendAccess');
    for (const hold of recalled ? await heldInTx(tx, referral.id) : []) {
      const facets = { kind: referral.kind, hold, because: 'recalled', state: outcome.snapshot };
      const ended = nextEvent(head, command.key, { ...about, type: 'END_HOLD', facets });
      write.insert('event', ended.row);
      head = { id: referral.id, ...ended.head };
    }
    const { event_seq, event_hash } = head;
    write.update(
      'referral',
      { id: referral.id, event_seq: referral.event_seq },
      {
        snapshot: json(outcome.snapshot),
        ...{ event_seq, event_hash },
        ...(moved ? { workflow_hash: chart.hash } : {}),
        ...(command.movesVersion ? { version: referral.version + 1 } : {}),
        ...marksOf(tx, referral, outcome.effects),
      },
    );
    // What is called back must not arrive any more, and who has no file says nothing of it: in every chart that a referral is pinned to.
    if (recalled) this.deadlines.end(tx, write, referral.id, ['refer', 'feedback']);
  }

  /**
   * The recipient answered a correction that it erased what was corrected: of all in the case that was corrected it tells nothing any
   * more, until that stands again.
   */
  async endFeedbackInTx(tx: Tx, write: Write, correction: ReferralRow): Promise<void> {
    const corrected = await tx.rows<{ id: string }>(
      `SELECT id FROM referral WHERE case_id = $1 AND authority_id = $2 AND kind <> 'correction' AND corrected_at <=
         (SELECT created_at FROM referral WHERE id = $3) ORDER BY id FOR NO KEY UPDATE`,
      [correction.case_id, correction.authority_id, correction.id],
      'erased_by_recipient',
    );
    for (const { id } of corrected) this.deadlines.end(tx, write, id, ['feedback']);
  }

  /** No chart knows who erased the file: feedback is awaited of nobody who did, and anew where what was erased stands again. */
  private async withFeedbackInTx(
    tx: Tx,
    referral: ReferralRow,
    effects: readonly ReferralEffect[],
  ): Promise<readonly ReferralEffect[]> {
    const startsFeedback = (one: ReferralEffect) => one.type === 'startDeadline' && one.params.kind === 'feedback';
    const reinstated = effects.some(({ type }) => type === 'restoreAccess');
    if (!reinstated && !effects.some(startsFeedback)) return effects;
    const gone = await tx.one(
      `SELECT FROM referral r WHERE r.id = $1 AND ${hasNoFile('r')}`,
      [referral.id],
      'referral_without_file',
    );
    if (!gone) return effects;
    if (!reinstated) return effects.filter((one) => !startsFeedback(one));
    const awaited = configurationOf(this.chartOf(referral), referral.snapshot).some((leaf) =>
      leaf.deadlines.has('feedback'),
    );
    return awaited ? [...effects, { type: 'startDeadline', params: { kind: 'feedback' } }] : effects;
  }

  /** Makes sure that a chart published after this process started is known; outside transactions. */
  async learn(hash: string): Promise<void> {
    if (!this.workflows.list().some((summary) => summary.hash === hash)) await this.workflows.load();
  }

  /** What this actor may send now, each with what stands in its way; also what only the newest chart has. */
  allowedCommands(
    referral: Pick<ReferralRow, 'workflow_hash' | 'snapshot' | 'kind'>,
    facts: FactsOfCommand,
  ): AllowedCommand[] {
    return allowedInEither(
      this.workflows.chartsOf('referral', referral.workflow_hash),
      referral.snapshot,
      withKind(referral, facts),
    );
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
    referral: Pick<ReferralRow, 'id' | 'case_id' | 'authority_id' | 'calendar' | 'leaves_at'>,
    effects: readonly ReferralEffect[],
    leavesAt: Date | null | undefined = referral.leaves_at,
  ): Promise<ReadonlyMap<string, Date>> {
    const subject = { caseId: referral.case_id, subjectId: referral.id, leavesAt };
    const started = new Map<string, Date>();
    for (const effect of effects) {
      if (effect.type === 'startDeadline') {
        const { kind } = effect.params;
        // Until a referral has arrived the clock is ours; from then on it is the recipient's, with the recipient's holidays.
        const calendar = kind === 'refer' ? undefined : await this.calendarInTx(tx, referral);
        const { dueAt } = await this.deadlines.startInTx(tx, write, subject, kind, calendar);
        started.set(effect.params.kind, dueAt);
      }
      if (effect.type === 'meetDeadline') this.deadlines.meet(tx, write, referral.id, effect.params.kind);
      if (effect.type === 'endDeadlines') this.deadlines.end(tx, write, referral.id, effect.params.kinds);
    }
    return started;
  }

  private async calendarInTx(
    tx: Tx,
    { authority_id, calendar }: Pick<ReferralRow, 'authority_id' | 'calendar'>,
  ): Promise<Calendar | undefined> {
    const row =
      calendar !== undefined
        ? { calendar }
        : await tx.one<{ calendar: string | null }>(
            'SELECT calendar FROM authority WHERE id = $1',
            [authority_id],
            'authority_calendar',
          );
    return row?.calendar ? { zone: this.config.F1_TIME_ZONE, holidays: row.calendar } : undefined;
  }
}

/** The holds that end with a recall of their referral, asked for or granted; their rows and clocks follow by themselves. */
async function heldInTx(tx: Tx, referralId: string): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `SELECT id FROM hold WHERE referral_id = $1 AND ended_at IS NULL AND (granted IS NULL OR valid_until > f1_now()) ORDER BY id`,
    [referralId],
    'holds_recalled',
  );
  return rows.map(({ id }) => id);
}

const withKind = ({ kind }: Pick<ReferralRow, 'kind'>, facts: FactsOfCommand): ReferralFacts => ({
  ...facts,
  isCorrection: kind === 'correction',
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

const refused = ({ command, state, because, allowed, instead }: Refused): DomainError =>
  new DomainError('commandRefused', [...because, ...(instead ? [instead] : [])].join(' '), {
    ...{ command, state, because, allowed },
    ...(instead ? { instead } : {}),
  });
