import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import {
  beforeDeparture,
  dueAt,
  type DeadlineRule,
  localDate,
  partsOf,
  type WorkingCalendar,
} from '../domain/referral/due-date.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/database.js';
import type { Call, Prepared } from '../platform/database/prepared.js';
import type { Write } from '../platform/database/write.js';
import { PublicHolidays } from './public-holidays.js';

export interface Rule extends DeadlineRule {
  readonly source: string;
}

/** No clock of a case runs as long. */
const LAST = new Date('9999-12-31T00:00:00Z');

/** How long a process goes on with the rules it has read, so that not every command asks for them. */
const RULES_FOR_MS = 60_000;

/**
 * What is worth little once the person has left ends before the day of departure, at the latest after the time of this rule where it
 * names one (house rule). The time for feedback stays: what became of it can be told of somebody who left as well.
 */
const BEFORE_DEPARTURE: Readonly<Record<string, string | null>> = {
  refer: 'referBeforeDeparture',
  acknowledge: null,
  holdDecision: null,
};

export const ENDS_BEFORE_DEPARTURE: readonly string[] = Object.keys(BEFORE_DEPARTURE);

export interface Subject {
  readonly caseId: string;
  /** The case itself, or the interview or referral the clock is about. */
  readonly subjectId: string;
  /** What it is about ends then, so that the clock runs no longer. */
  readonly endsAt?: Date;
  /** When its person is expected to leave (null: not announced), where `readingDeparture` told; left out, it is asked when it matters. */
  readonly leavesAt?: Date | null | undefined;
}

const DEPARTURE: Prepared = {
  name: 'f1_departure',
  types: ['uuid'],
  text: 'SELECT expected_at FROM departure WHERE case_id = $1 AND withdrawn_at IS NULL',
};

/** Where working days are counted, when it is not here: IANA time zone, and whose public holidays (such as DE-BY). */
export interface Calendar {
  readonly zone: string;
  readonly holidays: string;
}

export interface Due {
  readonly dueAt: Date;
  /** When half, and when four fifths, of the time have passed. */
  readonly halfAt: Date;
  readonly mostAt: Date;
  /** The rule's legal source. */
  readonly source: string;
}

/** Starts and ends the clocks that the statecharts name; how long each runs, and by which law, is a row. */
@Injectable()
export class DeadlinesService {
  private rules:
    { readonly day: string; readonly readAt: number; readonly byKind: ReadonlyMap<string, Rule> } | undefined;

  constructor(
    private readonly config: Config,
    private readonly holidays: PublicHolidays,
  ) {}

  /** A steady clock that no setting of the time moves, in milliseconds; tests stand in for it. */
  steady = (): number => performance.now();

  /** When a clock of this kind that starts now will have run out, and by which rule. Throws when no rule gives its length. */
  async dueInTx(tx: Tx, kind: string, calendar?: Calendar, endsAt?: Date): Promise<Due> {
    const rule = (await this.rulesInTx(tx)).get(kind);
    if (!rule) throw new Error(`no deadline rule for ${JSON.stringify(kind)}: add a row to deadline_rule`);
    return this.dueBy(rule, tx.now, calendar, endsAt);
  }

  /** When a clock that starts then will have run out by this rule. */
  dueBy(rule: Rule, startsAt: Date, calendar?: Calendar, endsAt?: Date): Due {
    const days = this.workingDays(calendar);
    const start = startsAt.getTime();
    const ruled = dueAt(start, rule, days);
    const due = Math.min(ruled, endsAt?.getTime() ?? ruled);
    const unit = due < ruled ? 'hours' : rule.unit; // what is left may hold no working day
    const [half, most] = partsOf({ start, due }, unit, [0.5, 0.8], days) as [number, number];
    return { dueAt: new Date(due), halfAt: new Date(half), mostAt: new Date(most), source: rule.source };
  }

  /**
   * A new clock of this kind; one that is already running is ended and starts again. Where the person is about to leave, the times
   * to refer, to acknowledge and to decide a hold end before. Throws when no rule gives its length.
   */
  async startInTx(tx: Tx, write: Write, subject: Subject, kind: string, calendar?: Calendar): Promise<{ dueAt: Date }> {
    const due = await this.dueForInTx(tx, subject, kind, calendar);
    write.upsert(
      'deadline',
      rowOf(tx, subject, kind, due),
      '(subject_id, kind) WHERE met_at IS NULL AND ended_at IS NULL',
      ['source', 'starts_at', 'due_at', 'half_at', 'most_at', 'step', 'escalated_at'],
    );
    return { dueAt: due.dueAt };
  }

  /** When a clock that `startInTx` starts now will have run out. */
  async dueForInTx(tx: Tx, subject: Subject, kind: string, calendar?: Calendar): Promise<Due> {
    const usual = await this.dueInTx(tx, kind, calendar, subject.endsAt);
    return kind in BEFORE_DEPARTURE ? this.beforeLeavingInTx(tx, subject, kind, usual) : usual;
  }

  /** A first clock about what belongs to no case; whoever starts it need not be allowed to read it. */
  startUnread(tx: Tx, write: Write, subjectId: string, kind: string, due: Due): void {
    write.insert('deadline', rowOf(tx, { caseId: null, subjectId }, kind, due));
  }

  /**
   * Shortens every running time to refer, to acknowledge and to decide a hold of a case that would end after its person has left;
   * never lengthens one. Says how many. What a step has told already stays told.
   */
  async shortenBeforeDepartureInTx(tx: Tx, caseId: string, expectedAt: Date): Promise<number> {
    let shortened = 0;
    for (const kind of ENDS_BEFORE_DEPARTURE) {
      const due = await this.leavingInTx(tx, kind, expectedAt, LAST);
      const rows = await tx.rows(
        `UPDATE deadline SET due_at = $4, half_at = least(half_at, $5), most_at = least(most_at, $6), source = $7
         WHERE case_id = $1 AND kind = $2 AND met_at IS NULL AND ended_at IS NULL AND due_at >= $3 AND due_at > $4
         RETURNING id`,
        [caseId, kind, expectedAt, due.dueAt, due.halfAt, due.mostAt, due.source],
      );
      shortened += rows.length;
    }
    return shortened;
  }

  /** The statement that tells when the person of a case leaves. */
  readingDeparture(caseId: string): Call {
    return { statement: DEPARTURE, values: [caseId] };
  }

  /** What `readingDeparture` was answered with. */
  departureOf(rows: readonly object[]): Date | null {
    return (rows[0] as { expected_at: Date } | undefined)?.expected_at ?? null;
  }

  private async beforeLeavingInTx(tx: Tx, { caseId, leavesAt }: Subject, kind: string, usual: Due): Promise<Due> {
    const leaves =
      leavesAt === undefined ? this.departureOf((await tx.all([this.readingDeparture(caseId)]))[0]) : leavesAt;
    if (leaves === null || leaves > usual.dueAt) return usual;
    const short = await this.leavingInTx(tx, kind, leaves, usual.dueAt);
    return short.dueAt < usual.dueAt ? short : usual;
  }

  /** The time there is from now until the person leaves, at most that of the kind's own rule for it, and not past `latest`. */
  private async leavingInTx(tx: Tx, kind: string, leaves: Date, latest: Date): Promise<Due> {
    const rule = BEFORE_DEPARTURE[kind];
    const ruled = rule ? await this.dueInTx(tx, rule) : { dueAt: latest, source: 'house rule' };
    const start = tx.now.getTime();
    const due = beforeDeparture(start, Math.min(ruled.dueAt.getTime(), latest.getTime()), leaves.getTime());
    const at = (part: number) => new Date(Math.round(start + (due - start) * part));
    return { dueAt: new Date(due), halfAt: at(0.5), mostAt: at(0.8), source: ruled.source };
  }

  private workingDays(calendar: Calendar | undefined): WorkingCalendar {
    return {
      zone: calendar?.zone ?? this.config.F1_TIME_ZONE,
      isHoliday: (day) => this.holidays.isHoliday(day, calendar?.holidays),
    };
  }

  /** What the clock waited for has happened; nothing if it is not running. */
  meet(tx: Tx, write: Write, subjectId: string, kind: string): void {
    write.updateAny('deadline', { subject_id: subjectId, kind, met_at: null, ended_at: null }, { met_at: tx.now });
  }

  /** Nothing is awaited any more: neither met nor missed. */
  end(tx: Tx, write: Write, subjectId: string, kinds: readonly string[]): void {
    for (const kind of kinds) {
      write.updateAny('deadline', { subject_id: subjectId, kind, met_at: null, ended_at: null }, { ended_at: tx.now });
    }
  }

  /** The rules in force on the calendar date here; what `f1 apply` adds is seen within a minute. */
  private async rulesInTx(tx: Tx): Promise<ReadonlyMap<string, Rule>> {
    const day = localDate(tx.now.getTime(), this.config.F1_TIME_ZONE);
    const readAt = this.steady();
    if (this.rules?.day !== day || readAt - this.rules.readAt >= RULES_FOR_MS) {
      const rows = await tx.rows<Rule & { kind: string }>(
        `SELECT DISTINCT ON (kind) kind, amount, unit, source FROM deadline_rule
         WHERE valid_from <= $1::date ORDER BY kind, valid_from DESC`,
        [day],
      );
      this.rules = { day, readAt, byKind: new Map(rows.map((row) => [row.kind, row])) };
    }
    return this.rules.byKind;
  }
}

const rowOf = (
  tx: Tx,
  { caseId, subjectId }: { readonly caseId: string | null; readonly subjectId: string },
  kind: string,
  due: Due,
) => ({
  id: randomUUID(),
  case_id: caseId,
  subject_id: subjectId,
  kind,
  source: due.source,
  starts_at: tx.now,
  due_at: due.dueAt,
  half_at: due.halfAt,
  most_at: due.mostAt,
  step: 0,
  escalated_at: null,
});
