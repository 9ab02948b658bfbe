import type { Compiled, CompiledQuantifier, Frames, Plan, RepeatNode } from './plan.js';
import type { Scope } from './scope.js';
import { YES } from './trit.js';

/** What made a condition hold: the codes among several chosen, and the items of repeats. */
export interface Fired {
  /** By the scope in which the question was answered, then by question. */
  readonly codes: ReadonlyMap<Scope, ReadonlyMap<number, ReadonlySet<string>>>;
  readonly items: ReadonlySet<Scope>;
}

/** Everything that speaks for a condition that holds; what else was answered beside it is left out. */
export function firedBy(plan: Plan, condition: Compiled, frames: Frames): Fired {
  const codes = new Map<Scope, Map<number, Set<string>>>();
  const items = new Set<Scope>();
  const certain = condition.test(frames) === YES;
  const walk = (clause: Compiled, around: Frames): void => {
    // What speaks for a condition that is itself unclear are the clauses of it that hold.
    if (clause.test(around) !== YES && (certain || !('parts' in clause || clause.kind === 'named'))) return;
    switch (clause.kind) {
      case 'all':
      case 'any':
        return clause.parts.forEach((part) => walk(part, around));
      case 'named':
        return walk(clause.part, around);
      case 'leaf': {
        const { question } = clause;
        const scope = around[plan.nodes[question]!.chain.length]!;
        const chosen = matchedCodes(plan, clause, around);
        if (!chosen) return;
        const known = codes.get(scope) ?? new Map<number, Set<string>>();
        codes.set(scope, known.set(question, new Set([...(known.get(question) ?? []), ...chosen])));
        return;
      }
      case 'some':
      case 'every':
      case 'atLeast':
        for (const inner of itemsHolding(plan, clause, around)) {
          items.add(inner.at(-1)!);
          if (clause.where) walk(clause.where, inner);
        }
        return;
      case 'none':
      case 'atMost':
        return;
    }
  };
  walk(condition, frames);
  return { codes, items };
}

/** The frames of each item of a repeat for which a clause about it holds. */
export function itemsHolding(plan: Plan, { repeat, where }: CompiledQuantifier, frames: Frames): Frames[] {
  const node = plan.nodes[repeat] as RepeatNode;
  const around = frames.slice(0, node.chain.length + 1);
  return around.at(-1)!.items[node.itemsAt]!.flatMap((item) => {
    const inner = item && [...around, item];
    return inner && (!where || where.test(inner) === YES) ? [inner] : [];
  });
}

/** The codes of an answer by which a clause holds; undefined when it is about no codes. */
export function matchedCodes(plan: Plan, clause: Compiled, frames: Frames): string[] | undefined {
  if (clause.kind !== 'leaf' || clause.other !== undefined) return undefined;
  const node = plan.nodes[clause.question]!;
  const read = frames[node.chain.length]!.answers[node.slot]?.read;
  const wanted = [clause.literal].flat();
  if (clause.operator === 'contains' || clause.operator === 'containsAny')
    return (read as readonly string[]).filter((code) => wanted.includes(code));
  return clause.operator === 'isOneOf' && typeof read === 'string' ? [read] : undefined;
}
