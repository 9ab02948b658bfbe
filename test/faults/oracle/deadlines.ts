import { type Evidence, type Finding, lost, wrong } from './finding.js';

const LATE_MS = 5_000;

interface DeadlineRow {
  readonly id: string;
  readonly kind: string;
  readonly due_at: Date;
  readonly escalated_at: Date | null;
  readonly closed_at: Date | null;
  readonly told: number;
  readonly now: Date;
}

/** A clock that is started again keeps its row: only events since its present start are about it. */
const DEADLINES = `
  SELECT d.id, d.kind, d.due_at, d.escalated_at, coalesce(d.met_at, d.ended_at) AS closed_at, f1_now() AS now,
    (SELECT count(*)::int FROM event e WHERE e.case_id = d.case_id AND e.type = 'DEADLINE_PASSED'
      AND e.facets ->> 'subject' = d.subject_id::text AND e.facets ->> 'deadline' = d.kind AND e.at >= d.starts_at
      AND e.at < coalesce(d.met_at, d.ended_at, 'infinity')) AS told
  FROM deadline d WHERE d.due_at <= f1_now() OR d.escalated_at IS NOT NULL`;

const TOLD_WHILE_HELD = `
  SELECT facets FROM event, unnest($1::text[], $2::text[]) AS held (begun, ended)
  WHERE type = 'DEADLINE_PASSED' AND tx > begun::xid8 AND tx < ended::xid8`;

/** O6: no deadline is told early, twice, while the time was in doubt, or more than five seconds after it could be. */
export async function checkDeadlines({ ask, restarts, held, doubts }: Evidence): Promise<Finding[]> {
  const rows = await ask<DeadlineRow>(DEADLINES);
  const inDoubt = await ask<{ facets: object }>(TOLD_WHILE_HELD, [
    held.map(({ from }) => from),
    held.map(({ to }) => to),
  ]);
  const guessed = inDoubt.map(({ facets }) =>
    wrong('O6', `told while nobody knew the time: ${JSON.stringify(facets)}`),
  );
  return rows.flatMap((row) => (inDoubtAt(row, doubts) ? [] : ofDeadline(row, restarts))).concat(guessed);
}

/** Met or ended by a command while nobody knew the time: then it cannot have been told. */
const inDoubtAt = ({ escalated_at, closed_at }: DeadlineRow, doubts: Evidence['doubts']): boolean =>
  escalated_at === null &&
  closed_at !== null &&
  doubts.some(({ from, to }) => closed_at >= from && (to === null || closed_at <= to));

function ofDeadline(row: DeadlineRow, restarts: readonly Date[]): Finding[] {
  const name = `the deadline ${row.kind} ${row.id}`;
  if (row.told > 1) return [wrong('O6', `${name} was told ${row.told} times`)];
  const seen = row.escalated_at ?? row.closed_at ?? row.now;
  if (row.escalated_at && row.escalated_at < row.due_at) return [wrong('O6', `${name} was told before it passed`)];
  const from = possibleFrom(row.due_at, seen, restarts);
  const late = seen.getTime() - from;
  if (late <= LATE_MS) return [];
  return row.escalated_at === null
    ? [lost('O6', `${name} passed and nobody was told`)]
    : [wrong('O6', `${name} was told ${late} ms late`)];
}

/** When it could be told: as it passed, or after the last thing before the telling that stood in the way. */
function possibleFrom(dueAt: Date, seen: Date, restarts: readonly Date[]): number {
  const between = restarts.map((at) => at.getTime()).filter((at) => at >= dueAt.getTime() && at <= seen.getTime());
  return Math.max(dueAt.getTime(), ...between);
}
