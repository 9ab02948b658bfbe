import type { LeafTest } from './operators.js';
import type { Compiled, Frames, PlanNode, RepeatNode } from './plan.js';
import type { Scope } from './scope.js';
import { NO, SILENT, YES, atLeast, atMost, not, type Trit } from './trit.js';

/** Combines clauses. */
export function groupTest(kind: 'all' | 'any' | 'none', parts: readonly Compiled[]): (frames: Frames) => Trit {
  const tests = parts.map((part) => part.test);
  if (kind === 'any')
    return (frames) => {
      let best: Trit = NO;
      for (const test of tests) {
        const value = test(frames);
        if (value > best) best = value;
        if (best === YES) break;
      }
      return best;
    };
  const negate = kind === 'none';
  return (frames) => {
    let worst: Trit = YES;
    for (const test of tests) {
      const value = negate ? not(test(frames)) : test(frames);
      if (value < worst) worst = value;
      if (worst === NO) break;
    }
    return worst;
  };
}

/** Looks at one answer. */
export function leafTest({ chain, slot }: PlanNode, test: LeafTest): (frames: Frames) => Trit {
  const depth = chain.length;
  return (frames) => {
    const scope = frames[depth]!;
    return test(scope.open[slot] === 1, scope.answers[slot]);
  };
}

/** Ranges over items. A repeat without an item has not been asked about: silent, not empty. */
export function quantifierTest(
  kind: 'some' | 'every' | 'atLeast' | 'atMost',
  repeat: RepeatNode,
  bound: number,
  where: Compiled | undefined,
): (frames: Frames) => Trit {
  const depth = repeat.chain.length;
  return (frames) => {
    const scope = frames[depth]!;
    if (scope.open[repeat.slot] !== 1) return SILENT;
    const inner: Scope[] = frames.slice(0, depth + 1);
    const values: Trit[] = [];
    for (const item of scope.items[repeat.itemsAt]!) {
      if (!item) continue;
      inner[depth + 1] = item;
      values.push(where ? where.test(inner) : YES);
    }
    if (values.length === 0) return SILENT;
    if (kind === 'some') return Math.max(...values) as Trit;
    if (kind === 'every') return Math.min(...values) as Trit;
    return kind === 'atLeast' ? atLeast(values, bound) : atMost(values, bound);
  };
}
