import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { dueAt, type DeadlineRule } from '../domain/referral/due-date.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/database.js';
import type { Write } from '../platform/database/write.js';
import { PublicHolidays } from './public-holidays.js';

interface Rule extends DeadlineRule {
  readonly source: string;
}

export interface Subject {
  readonly caseId: string;
  /** The case itself, or the interview or referral the clock is about. */
  readonly subjectId: string;
}

/** Starts and ends the clocks that the statecharts name; how long each runs, and by which law, is a row. */
@Injectable()
export class DeadlinesService {
  private rules: { readonly day: string; readonly byKind: ReadonlyMap<string, Rule> } | undefined;

  constructor(
    private readonly config: Config,
    private readonly holidays: PublicHolidays,
  ) {}

  /** When a clock of this kind that starts now will have run out, and by which rule. */
  async dueInTx(tx: Tx, kind: string): Promise<{ dueAt: Date; source: string }> {
    const rule = (await this.rulesInTx(tx)).get(kind);
    if (!rule) throw new Error(`no deadline rule for ${JSON.stringify(kind)}: add a row to deadline_rule`);
    const calendar = { zone: this.config.F1_TIME_ZONE, isHoliday: (day: number) => this.holidays.isHoliday(day) };
    return { dueAt: new Date(dueAt(tx.now.getTime(), rule, calendar)), source: rule.source };
  }

  /** A new clock of this kind; one that is already running is ended and starts again. Throws when no rule gives its length. */
  async startInTx(tx: Tx, write: Write, subject: Subject, kind: string): Promise<{ dueAt: Date }> {
    const due = await this.dueInTx(tx, kind);
    write.upsert(
      'deadline',
      {
        id: randomUUID(),
        case_id: subject.caseId,
        subject_id: subject.subjectId,
        kind,
        source: due.source,
        starts_at: tx.now,
        due_at: due.dueAt,
        escalated_at: null,
      },
      '(subject_id, kind) WHERE met_at IS NULL AND ended_at IS NULL',
      ['source', 'starts_at', 'due_at', 'escalated_at'],
    );
    return { dueAt: due.dueAt };
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

  private async rulesInTx(tx: Tx): Promise<ReadonlyMap<string, Rule>> {
    const day = tx.now.toISOString().slice(0, 10);
    if (this.rules?.day !== day) {
      const rows = await tx.rows<Rule & { kind: string }>(
        `SELECT DISTINCT ON (kind) kind, amount, unit, source FROM deadline_rule
         WHERE valid_from <= $1::date ORDER BY kind, valid_from DESC`,
        [day],
      );
      this.rules = { day, byKind: new Map(rows.map((row) => [row.kind, row])) };
    }
    return this.rules.byKind;
  }
}
