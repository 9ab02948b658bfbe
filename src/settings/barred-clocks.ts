import type pg from 'pg';
import type { DeadlinesService, Rule } from '../deadlines/deadlines.service.js';

/**
 * Lets the clocks that a change of settings has started just now, because the file bars their recipient since, run as every other clock
 * does: the database, which starts them whoever changes the settings, knows no calendar and counts working days as days. In the
 * owner's transaction; says how many.
 */
export async function countByCalendar(owner: pg.ClientBase, deadlines: DeadlinesService): Promise<number> {
  const { rows } = await owner.query<Rule & { now: Date }>(
    `SELECT amount, unit, source, f1_now() AS now FROM deadline_rule
     WHERE kind = 'blockedRecipient' AND valid_from <= f1_now()::date ORDER BY valid_from DESC LIMIT 1`,
  );
  const [rule] = rows;
  if (!rule) return 0;
  const { dueAt, halfAt, mostAt, source } = deadlines.dueBy(rule, rule.now);
  const { rowCount } = await owner.query(
    `UPDATE deadline SET due_at = $1, half_at = $2, most_at = $3, source = $4
     WHERE kind = 'blockedRecipient' AND starts_at = f1_now() AND met_at IS NULL AND ended_at IS NULL`,
    [dueAt, halfAt, mostAt, source],
  );
  return rowCount ?? 0;
}
