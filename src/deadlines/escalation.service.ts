import { Injectable, Logger } from '@nestjs/common';
import {
  type Addressee,
  addressees,
  answerers,
  seconders,
  type Staff,
  type Step,
  stepReached,
} from '../domain/referral/escalation.js';
import { meetingInEither } from '../domain/workflow/move.js';
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
import { batches, type Clock, fromAnywhere, LOCK_CASES, OPEN, OPEN_TOGETHER, type Reached } from './reached.js';

/** A clock with the step it has come to. */
interface Reaching {
  readonly clock: Clock;
  readonly step: Step;
  /** What it is about ends with it, and nobody is told. */
  readonly over: boolean;
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

const MOST = 10_000;
/** How many transactions tell at once: a case that a command holds locked keeps only its own deadlines waiting. */
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
    let all = 0;
    for (;;) {
      const { found, taken } = await this.takeSome();
      all += taken;
      if (found < MOST || taken === 0) return all;
    }
  }

  private async takeSome(): Promise<{ readonly found: number; readonly taken: number }> {
    const reached = await this.database.inWorkerTx((tx) =>
      tx.rows<Reached>(
        `SELECT id, case_id, subject_id, kind FROM deadline WHERE next_step_at <= f1_now() AND met_at IS NULL AND ended_at IS NULL
         ORDER BY next_step_at LIMIT $1`,
        [MOST],
        'deadlines_reached',
      ),
    );
    const inCases = reached.filter(({ case_id: caseId }) => caseId !== null);
    const outside = reached.filter(({ case_id: caseId }) => caseId === null);
    const together = await this.inLanes(batches(fromAnywhere(inCases)), (batch) => this.takeTogether(batch));
    const taken = new Set(together.flat());
    // What somebody held locked is waited for, each for itself.
    const left = await this.stillReached(inCases.filter(({ id }) => !taken.has(id)));
    const alone = await this.inLanes([...left, ...outside], (one) => this.alone(one, () => this.take(one)));
    return { found: reached.length, taken: taken.size + alone.filter(Boolean).length };
  }

  private async inLanes<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
    const results: R[] = [];
    const waiting = all.values();
    const lane = async (): Promise<void> => {
      for (const one of waiting) results.push(await work(one));
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return results;
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

  /** Those of several cases in one transaction that waits for nobody; the ids of those told. What fails here is left for `take`. */
  private async takeTogether(batch: readonly Reached[]): Promise<string[]> {
    const cases = [...new Set(batch.map(({ case_id: caseId }) => caseId!))];
    const calls = [
      { statement: LOCK_CASES, values: [`{${cases.join(',')}}`] },
      { statement: OPEN_TOGETHER, values: [`{${batch.map(({ id }) => id).join(',')}}`] },
    ];
    try {
      return await this.database.inWorkerCommand(calls, async (tx, locked = [], open = []) => {
        const records = new Map((locked as LockedRow[]).map((record) => [record.id, record]));
        const clocks = (open as Clock[]).filter(({ case_id: caseId }) => records.has(caseId!));
        return (await this.clock.runsInTx(tx)) ? this.tellInTx(tx, records, clocks) : [];
      });
    } catch (error) {
      if (isAway(error)) throw error;
      return [];
    }
  }

  private async take({ id, case_id: caseId, subject_id: subjectId, kind }: Reached): Promise<boolean> {
    return this.database.inWorkerTx(async (tx) => {
      if (!(await this.clock.runsInTx(tx))) return false;
      const record = await this.lockInTx(tx, caseId, subjectId, kind);
      const clock = await this.openInTx(tx, id);
      if (!record || !clock) return false;
      return (await this.tellInTx(tx, new Map([[record.id, record]]), [clock])).length > 0;
    });
  }

  private async stillReached(some: readonly Reached[]): Promise<readonly Reached[]> {
    if (some.length === 0) return some;
    const ids = some.map(({ id }) => id);
    return this.database.inWorkerTx((tx) =>
      tx.rows<Reached>(
        `SELECT id, case_id, subject_id, kind FROM deadline
         WHERE id = ANY ($1::uuid[]) AND next_step_at <= f1_now() AND met_at IS NULL AND ended_at IS NULL`,
        [ids],
        'deadlines_still_reached',
      ),
    );
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

  /** Tells the step that each clock has reached, in the history it belongs to; the ids of those that had reached one. */
  private async tellInTx(tx: Tx, records: ReadonlyMap<string, LockedRow>, clocks: readonly Clock[]): Promise<string[]> {
    const steps = clocks.flatMap((clock) => {
      const { half_at: half, most_at: most, due_at: due } = clock;
      const times = { halfAt: half.getTime(), mostAt: most.getTime(), dueAt: due.getTime() };
      const step = stepReached(times, tx.now.getTime());
      if (step === 0 || step <= clock.step) return [];
      return [{ clock, step, over: step === 100 && OVER_AT_END.includes(clock.kind) }];
    });
    const told = steps.filter(({ over }) => !over);
    const people = await this.addresseesInTx(tx, told);
    const histories = new Map<LockedRow, Reaching[]>();
    for (const step of steps) {
      const record = records.get(step.clock.case_id ?? step.clock.subject_id)!;
      histories.set(record, [...(histories.get(record) ?? []), step]);
    }
    const writes = [...histories].map(([record, own]) => {
      const write = new Write();
      this.writeSteps(tx, write, record, own);
      for (const { clock, step } of own) {
        const addressed = people.get(clock.id) ?? [];
        this.tasks.put(tx, write, { caseId: clock.case_id, deadlineId: clock.id, step }, addressed);
      }
      return write;
    });
    Write.runAllLast(tx, writes);
    return steps.map(({ clock }) => clock.id);
  }

  /** One event for each step, in one history. */
  private writeSteps(tx: Tx, write: Write, record: LockedRow, steps: readonly Reaching[]): void {
    const state = record['snapshot'];
    let head = record as unknown as ChainHead;
    for (const { clock, step, over } of steps) {
      const { case_id: caseId, kind: deadline, source, subject_id: subject } = clock;
      const about = { deadline, source, subject, percent: step };
      const event = nextEvent(head, NO_KEY, {
        aggregateKind: caseId === null ? outsideCases(deadline).kind : 'case',
        caseId,
        type: step === 100 ? 'DEADLINE_PASSED' : 'DEADLINE_APPROACHES',
        actorId: null,
        at: tx.now,
        facets: state === undefined ? about : { state, ...about },
      });
      const passed = { escalated_at: tx.now, ...(over ? { ended_at: tx.now } : {}) };
      write.insert('event', event.row).update('deadline', { id: clock.id }, { step, ...(step === 100 ? passed : {}) });
      head = { id: record.id, ...event.head };
    }
    const { event_seq, event_hash } = head;
    const [{ clock }] = steps as [Reaching];
    const table = clock.case_id === null ? outsideCases(clock.kind).table : 'case_file';
    write.update(table, { id: record.id }, { event_seq, event_hash });
  }

  private async address(id: string): Promise<boolean> {
    return this.database.inWorkerTx(async (tx) => {
      const clock = await this.openInTx(tx, id);
      if (!clock) return false;
      const people = (await this.addresseesInTx(tx, [{ clock, step: clock.step }])).get(id) ?? [];
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
  private async addresseesInTx(
    tx: Tx,
    told: readonly { readonly clock: Clock; readonly step: 0 | Step }[],
  ): Promise<Map<string, Addressee[]>> {
    const inCases = told.filter(({ clock }) => clock.case_id !== null);
    const staff = await this.tasks.staffInTx(
      tx,
      inCases.map(({ clock: { case_id, kind, subject_id } }) => ({
        caseId: case_id!,
        kind,
        subjectId: subject_id,
        roles: SECONDS[kind] ?? [],
      })),
    );
    const people = new Map(
      inCases.map(({ clock, step }, index) => [clock.id, this.addresseesOf(clock, step, staff[index]!)]),
    );
    for (const { clock, step } of told.filter(({ clock: { case_id } }) => case_id === null))
      people.set(clock.id, await this.answerersInTx(tx, clock, step));
    return people;
  }

  private async answerersInTx(tx: Tx, { kind, subject_id: subject }: Clock, step: 0 | Step): Promise<Addressee[]> {
    return kind === 'questionnaireReview'
      ? answerers(step, await this.tasks.approvingInTx(tx, subject), 'approves')
      : answerers(step, await this.tasks.answeringInTx(tx, ANSWER));
  }

  private addresseesOf(clock: Clock, step: 0 | Step, staff: Staff): Addressee[] {
    const { kind, subject, workflow_hash, snapshot } = clock;
    const decides = DECIDES[kind];
    const seconding = SECONDS[kind];
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
