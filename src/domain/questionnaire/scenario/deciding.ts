import type { Model, Path } from '../lint/model.js';
import { negate, type Lit } from '../lint/solver.js';
import type { Compiled, CompiledQuantifier, Frames, Plan, RepeatNode } from '../plan.js';
import { NO, YES, type Trit } from '../trit.js';

/**
 * Which clauses decide a condition, as `explain` has it but also inside named items of repeats: all parts when all had to agree,
 * else the first that settled it. Once over an interview as it stands, once as propositions about all interviews; a property test
 * holds the two against each other.
 */

/** Tells every clause that decides the condition in these frames, with how it came out: yes or no; what is unclear decides nothing here. */
export function tellDeciding(
  plan: Plan,
  condition: Compiled,
  frames: Frames,
  tell: (clause: Compiled, holds: boolean) => void,
): void {
  const value = condition.test(frames);
  if (value !== YES && value !== NO) return;
  switch (condition.kind) {
    case 'leaf':
    case 'named':
      return tell(condition, value === YES);
    case 'all':
    case 'any':
    case 'none': {
      const settling = settles(condition.kind);
      const together = value === (condition.kind === 'any' ? NO : YES);
      const parts = together
        ? condition.parts
        : condition.parts.filter((part) => part.test(frames) === settling).slice(0, 1);
      for (const part of parts) tellDeciding(plan, part, frames, tell);
      return;
    }
    case 'some':
    case 'every':
    case 'atLeast':
    case 'atMost': {
      if (isCount(condition)) tell(condition, value === YES);
      const { where } = condition;
      if (!where) return;
      for (const item of itemsOf(plan, condition, frames))
        if (isCount(condition) || where.test(item) === value) tellDeciding(plan, where, item, tell);
    }
  }
}

const settles = (kind: 'all' | 'any' | 'none'): Trit => (kind === 'all' ? NO : YES);
const isCount = ({ kind }: CompiledQuantifier): boolean => kind === 'atLeast' || kind === 'atMost';

function itemsOf(plan: Plan, { repeat: index }: CompiledQuantifier, frames: Frames): Frames[] {
  const repeat = plan.nodes[index] as RepeatNode;
  const own = frames.slice(0, repeat.chain.length + 1);
  return own.at(-1)!.items[repeat.itemsAt]!.flatMap((item) => (item ? [[...own, item]] : []));
}

/** When a clause decides its condition by holding, and when by not holding. Of items the first stands for all. */
export interface Decisions {
  holding: Lit;
  failing: Lit;
}

/** The same as propositions of a model that was made for this condition. */
export function decisionsIn(model: Model, root: Compiled, path: Path, context: Lit): Map<Compiled, Decisions> {
  const { circuit } = model;
  const found = new Map<Compiled, Decisions>();
  const truthOf = (condition: Compiled, at: Path) => {
    const [silent, , yes] = model.truth(condition, at);
    return { yes, no: negate(silent) };
  };
  const visit = (condition: Compiled, at: Path, within: Lit): void => {
    const { yes, no } = truthOf(condition, at);
    const decided = { holding: circuit.and([within, yes]), failing: circuit.and([within, no]) };
    switch (condition.kind) {
      case 'leaf':
      case 'named':
        found.set(condition, decided);
        return;
      case 'all':
      case 'any':
      case 'none': {
        const settling = condition.parts.map(
          (part) => truthOf(part, at)[settles(condition.kind) === NO ? 'no' : 'yes'],
        );
        const together = condition.kind === 'any' ? no : yes;
        for (const [index, part] of condition.parts.entries()) {
          const first = circuit.and([settling[index]!, ...settling.slice(0, index).map(negate)]);
          visit(part, at, circuit.and([within, circuit.or([together, first])]));
        }
        return;
      }
      case 'some':
      case 'every':
      case 'atLeast':
      case 'atMost': {
        if (isCount(condition)) found.set(condition, decided);
        if (!condition.where) return;
        const repeat = model.facts.plan.nodes[condition.repeat]!;
        const item = [...at.slice(0, repeat.chain.length), 0];
        const exists = model.exists(condition.repeat, item.slice(0, -1), 0);
        const inner = truthOf(condition.where, item);
        const agrees = circuit.or([circuit.and([yes, inner.yes]), circuit.and([no, inner.no])]);
        const decides = isCount(condition) ? circuit.or([yes, no]) : agrees;
        visit(condition.where, item, circuit.and([within, exists, decides]));
      }
    }
  };
  visit(root, path, context);
  return found;
}
