import type { Plan } from '../plan.js';
import { NotExpressible, and, not, or, type Plain } from './two-valued.js';

type Items = Extract<Plain, { kind: 'items' }>;

/**
 * The same condition with no clause about an outer item left inside the counting of inner ones: FHIRPath's `$this` names the
 * innermost item only. Throws NotExpressible for a comparison of an inner item's answer with an outer one's.
 */
export function withoutOuterClauses(plan: Plan, condition: Plain): Plain {
  return lifted(plan, condition, []);
}

/** `rows`: the repeats whose items are being counted around this condition, innermost last. */
function lifted(plan: Plan, condition: Plain, rows: readonly number[]): Plain {
  if (condition.kind === 'and') return and(...condition.parts.map((part) => lifted(plan, part, rows)));
  if (condition.kind === 'or') return or(...condition.parts.map((part) => lifted(plan, part, rows)));
  if (condition.kind === 'not') return not(lifted(plan, condition.part, rows));
  if (condition.kind !== 'items' || !condition.where) return condition;
  const where = lifted(plan, condition.where, [...rows, condition.repeat]);
  const outer = rows.filter((row) => row !== condition.repeat);
  return byOutcome(plan, { ...condition, where }, outer);
}

/** A clause about an outer item is the same for every item counted, so each of its two outcomes is counted on its own. */
function byOutcome(plan: Plan, counting: Items, outer: readonly number[]): Plain {
  const clause = counting.where && outerClause(plan, counting.where, outer);
  if (!clause) return counting;
  const given = (holds: boolean): Plain => {
    const where = assuming(counting.where!, JSON.stringify(clause), holds);
    if (where.kind !== 'fixed') return byOutcome(plan, { ...counting, where }, outer);
    const { repeat, atLeast } = counting;
    return where.holds ? { kind: 'items', repeat, atLeast } : where;
  };
  return or(and(clause, given(true)), and(not(clause), given(false)));
}

/** The largest part that looks at outer items alone. */
function outerClause(plan: Plan, condition: Plain, outer: readonly number[]): Plain | undefined {
  const looks = looksAt(plan, condition).map((item) => item !== undefined && outer.includes(item));
  if (!looks.includes(true)) return undefined;
  if (!looks.includes(false)) return condition;
  if (condition.kind === 'compare')
    throw new NotExpressible('while it counts items, it compares an answer in them with one in the item around them');
  const parts = condition.kind === 'not' ? [condition.part] : 'parts' in condition ? condition.parts : [];
  for (const part of parts) {
    const found = outerClause(plan, part, outer);
    if (found) return found;
  }
  return undefined;
}

/** The repeats in whose items it looks; nothing stands for what is asked once. */
function looksAt(plan: Plan, condition: Plain): (number | undefined)[] {
  const home = (index: number) => plan.nodes[index]!.chain.at(-1);
  switch (condition.kind) {
    case 'fixed':
    case 'adult':
      return [undefined];
    case 'and':
    case 'or':
      return condition.parts.flatMap((part) => looksAt(plan, part));
    case 'not':
      return looksAt(plan, condition.part);
    case 'compare':
      return [home(condition.question), home(condition.other)];
    case 'items':
      return [home(condition.repeat)];
    case 'answered':
    case 'is':
    case 'order':
      return [home(condition.question)];
  }
}

function assuming(condition: Plain, clause: string, holds: boolean): Plain {
  if (JSON.stringify(condition) === clause) return { kind: 'fixed', holds };
  if (condition.kind === 'and') return and(...condition.parts.map((part) => assuming(part, clause, holds)));
  if (condition.kind === 'or') return or(...condition.parts.map((part) => assuming(part, clause, holds)));
  return condition.kind === 'not' ? not(assuming(condition.part, clause, holds)) : condition;
}
