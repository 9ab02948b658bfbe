import { Injectable, Logger } from '@nestjs/common';
import { addressees, answerers, seconders, type Step, stepReached } from '../domain/referral/escalation.js';
import type { Snapshot } from '../domain/workflow/decide.js';
import { meetingInEither } from '../domain/workflow/move.js';
import type { WorkflowId } from '../domain/workflow/vocabulary/all.js';
import { rolesWhoMay, type Subject } from '../identity/policy.js';
import { Database, type LockedRow, type Tx } from '../platform/database/database.js';
import { isAway } from '../platform/database/errors.js';
import { nextEvent, type ChainHead } from '../platform/database/next-event.js';
import { Write } from '../platform/database/write.js';
import { counter } from '../platform/metrics/figures.js';
import { rateLimited } from '../platform/queue/bull.js';
import { TaskListService } from '../tasks/task-list.service.js';
import { WorkflowsService } from '../workflows/workflows.service.js';
import { ClockGuard } from './clock-guard.js';

interface Reached {
  id: string;
  /** null: it is about what belongs to no case. */
  case_id: string | null;
  subject_id: string;
  kind: string;
}

interface Clock extends Reached {
  source: string;
  step: 0 | Step;
  half_at: Date;
  most_at: Date;
  due_at: Date;
  subject: WorkflowId | null;
  workflow_hash: string | null;
  snapshot: Snapshot | null;
}

/** Clocks that no command of a chart stops: what is decided or answered then. */
const DECIDES: Readonly<Record<string, Subject>> = {
  holdDecision: 'Hold',
  brokenStay: 'Hold',
  requestAnswer: 'Request',
  blockedRecipient: 'Reconsideration',
};

/** What belongs to no case, by the kind of its clock: in whose history the steps are written. */
const OUTSIDE_CASES: Readonly<Record<string, { kind: 'request' | 'questionnaire'; table: string; columns: string }>> = {
  personRequest: { kind: 'request', table: 'person_request', columns: 'id, event_seq, event_hash' },
  questionnaireReview: {
    kind: 'questionnaire',
    table: 'questionnaire_version',
    columns: 'id, event_seq, event_hash, snapshot',
  },
};

/** Who may answer a request about a person. */
const ANSWER = rolesWhoMay('edit', 'PersonRequest');
/** Clocks that wait for another than a first person, and who that may be: who asked or recorded, or who decided what is looked at afresh. */
const SECONDS: Readonly<Record<string, readonly string[]>> = {
  unblocking: rolesWhoMay('edit', 'Case'),
  letterConfirmation: rolesWhoMay('add', 'Referral'),
  closingConfirmation: rolesWhoMay('add', 'Referral'),
  reconsideration: rolesWhoMay('edit', 'Reconsideration'),
  reopening: rolesWhoMay('edit', 'Reconsideration'),
};
const SECONDING = [...new Set(Object.values(SECONDS).flat())];

/** An event of a deadline carries no words: a case whose key was erased, or cannot be read, goes on being told of. */
const NO_KEY = undefined;

/** What these are about is over with them: nothing is left to be done. */
const OVER_AT_END: readonly string[] = ['holdExpiry'];

const MOST = 500;
/** How many are told at once: a case that a command holds locked keeps only its own deadlines waiting. */
const LANES = 4;

/**
 * At half, four fifths and the end of its time a deadline is written into the case's history and onto a person's list, each step
 * once; steps that passed unseen are one. It stays open until it is met or ended, and nobody can say nobody knew.
 */
@Injectable()
export class EscalationService {
  private readonly logger = new Logger('Deadlines');
  private readonly failures = counter('f1_escalation_failures_total', 'Deadlines that could not be told of.', []);
  private readonly complain = rateLimited((error, swallowed) => this.logger.error({ swallowed }, error.message));

  constructor(
    private readonly database: Database,
    private readonly workflows: WorkflowsService,
    private readonly tasks: TaskListService,
    private readonly clock: ClockGuard,
  ) {}

  /**
   * Takes every step that was reached since; returns how many, none while the clock is held. Several workers may do it at once. One
   * that cannot be taken is complained of, tried again in the next round, and keeps no other waiting.
   */
  async escalate(): Promise<number> {
    const { held } = await this.clock.look();
    if (held) return 0;
    const reached = await this.database.inWorkerTx((tx) =>
      tx.rows<Reached>(
        `SELECT id, case_id, subject_id, kind FROM deadline WHERE next_step_at <= f1_now() AND met_at IS NULL AND ended_at IS NULL
         ORDER BY next_step_at LIMIT $1`,
        [MOST],
        'deadlines_reached',
      ),
    );
    let escalated = 0;
    const waiting = fromAnywhere(reached).values();
    const lane = async (): Promise<void> => {
      for (const one of waiting) escalated += (await this.alone(one, () => this.take(one))) ? 1 : 0;
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return escalated;
  }

  /** Moves what lies on no list, or on that of somebody who can no longer act, to whoever can; returns of how many deadlines. */
  async readdress(): Promise<number> {
    const stranded = await this.database.inWorkerTx((tx) =>
      this.tasks.strandedInTx(tx, MOST, { answering: ANSWER, seconding: SECONDING }),
    );
    let moved = 0;
    for (const id of stranded) moved += (await this.alone({ id }, () => this.address(id))) ? 1 : 0;
    return moved;
  }

  /** Keeps the lists of the operators up to date. */
  async tellOperators(): Promise<void> {
    await this.database.inWorkerTx((tx) => this.tasks.tellOperatorsInTx(tx));
  }

  /** Deadlines that have passed and still wait. */
  async overdue(): Promise<number> {
    return this.database.inWorkerTx(async (tx) => {
      const row = await tx.one<{ n: number }>(
        'SELECT count(*)::int AS n FROM deadline WHERE due_at <= f1_now() AND met_at IS NULL AND ended_at IS NULL',
      );
      return row?.n ?? 0;
    });
  }

  /** What fails about one deadline is nobody else's loss; undefined then. Throws when the database is away: all would fail. */
  private async alone<T>({ id }: { readonly id: string }, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isAway(error)) throw error;
      this.failures.inc();
      this.complain(new Error(`the deadline ${id} cannot be told of: ${(error as Error).message}`, { cause: error }));
      return undefined;
    }
  }

  private async take({ id, case_id: caseId, subject_id: subjectId, kind }: Reached): Promise<boolean> {
    return this.database.inWorkerTx(async (tx) => {
      if (!(await this.clock.runsInTx(tx))) return false;
      const record = await this.lockInTx(tx, caseId, subjectId, kind);
      const clock = await this.openInTx(tx, id);
      if (!record || !clock) return false;
      const step = stepReached(
        { halfAt: clock.half_at.getTime(), mostAt: clock.most_at.getTime(), dueAt: clock.due_at.getTime() },
        tx.now.getTime(),
      );
      if (step === 0 || step <= clock.step) return false;
      const write = new Write();
      const over = step === 100 && OVER_AT_END.includes(clock.kind);
      this.tell(tx, write, record, clock, step, over);
      if (!over)
        this.tasks.put(tx, write, { caseId, deadlineId: id, step }, await this.addresseesInTx(tx, clock, step));
      await write.run(tx);
      return true;
    });
  }

  /** Whose history the step is written into. */
  private lockInTx(tx: Tx, caseId: string | null, subjectId: string, kind: string): Promise<LockedRow | undefined> {
    if (caseId !== null) return this.database.lockInTx(tx, 'case', caseId);
    const { table, columns } = outsideCases(kind);
    return tx.one<LockedRow>(
      `SELECT ${columns} FROM ${table} WHERE id = $1 FOR NO KEY UPDATE`,
      [subjectId],
      `deadline_${table}`,
    );
  }

  private tell(tx: Tx, write: Write, record: LockedRow, clock: Clock, step: Step, over: boolean): void {
    const { case_id: caseId, kind: deadline, source, subject_id: subject } = clock;
    const about = { deadline, source, subject, percent: step };
    const outside = caseId === null ? outsideCases(deadline) : undefined;
    const state = record['snapshot'];
    const event = nextEvent(record as unknown as ChainHead, NO_KEY, {
      aggregateKind: outside?.kind ?? 'case',
      caseId,
      type: step === 100 ? 'DEADLINE_PASSED' : 'DEADLINE_APPROACHES',
      actorId: null,
      at: tx.now,
      facets: state === undefined ? about : { state, ...about },
    });
    const passed = { escalated_at: tx.now, ...(over ? { ended_at: tx.now } : {}) };
    write
      .insert('event', event.row)
      .update('deadline', { id: clock.id }, { step, ...(step === 100 ? passed : {}) })
      .update(outside?.table ?? 'case_file', { id: record.id }, event.head);
  }

  private async address(id: string): Promise<boolean> {
    return this.database.inWorkerTx(async (tx) => {
      const clock = await this.openInTx(tx, id);
      if (!clock) return false;
      const people = await this.addresseesInTx(tx, clock, clock.step);
      await this.tasks.keepOnlyInTx(tx, id, people);
      const write = new Write();
      this.tasks.put(tx, write, { caseId: clock.case_id, deadlineId: id, step: clock.step }, people);
      await write.run(tx);
      return true;
    });
  }

  /**
   * Whoever may send a command that meets the deadline is whom it waits for; the chart that its subject is pinned to says who, and the
   * policy for what has no chart.
   */
  private async addresseesInTx(tx: Tx, clock: Clock, step: 0 | Step) {
    const { case_id, kind, subject, workflow_hash, snapshot } = clock;
    if (kind === 'questionnaireReview')
      return answerers(step, await this.tasks.approvingInTx(tx, clock.subject_id), 'approves');
    if (case_id === null) return answerers(step, await this.tasks.answeringInTx(tx, ANSWER));
    const decides = DECIDES[kind];
    const seconding = SECONDS[kind];
    const asked = { caseId: case_id, kind, subjectId: clock.subject_id, roles: seconding ?? [] };
    const staff = await this.tasks.staffInTx(tx, asked);
    if (seconding) return seconders(step, seconding, staff);
    if (decides) return addressees(step, rolesWhoMay('edit', decides), staff, true, kind === 'brokenStay');
    // A chart published after this process started is not known to it: then the officers are told.
    const known = this.workflows.list().some(({ hash }) => hash === workflow_hash);
    const roles =
      known && subject !== null && workflow_hash !== null && snapshot !== null
        ? meetingInEither(this.workflows.chartsOf(subject, workflow_hash), snapshot, kind).flatMap(({ by }) => by)
        : [];
    return addressees(step, roles, staff);
  }

  private openInTx(tx: Tx, id: string): Promise<Clock | undefined> {
    return tx.one<Clock>(OPEN, [id], 'deadline_open');
  }
}

function outsideCases(kind: string) {
  const found = OUTSIDE_CASES[kind];
  if (!found) throw new Error(`nothing outside cases has a clock ${JSON.stringify(kind)}`);
  return found;
}

/** The same, begun at any of them, so that two workers with one list in hand meet late. */
function fromAnywhere<T>(items: readonly T[]): T[] {
  const first = Math.floor(Math.random() * items.length);
  return [...items.slice(first), ...items.slice(0, first)];
}

/** A deadline that still runs, locked against another worker, with the state of what it is about. */
const OPEN = `
  SELECT d.id, d.case_id, d.subject_id, d.kind, d.source, d.step, d.half_at, d.most_at, d.due_at, s.subject, s.workflow_hash,
    s.snapshot
  FROM deadline d LEFT JOIN LATERAL (
    SELECT 'case' AS subject, workflow_hash, snapshot FROM case_file WHERE id = d.subject_id
    UNION ALL SELECT 'interview', workflow_hash, snapshot FROM interview WHERE id = d.subject_id
    UNION ALL SELECT 'referral', workflow_hash, snapshot FROM referral WHERE id = d.subject_id) s ON true
  WHERE d.id = $1 AND d.met_at IS NULL AND d.ended_at IS NULL FOR UPDATE OF d`;
