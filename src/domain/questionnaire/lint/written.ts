import type { Condition, Include, Question, QuestionnaireFile } from '../format.js';
import type { Compiled, Plan, PlanNode } from '../plan.js';
import { at, type Place } from '../problems.js';
import { kindOf } from '../schema-check.js';
import { partsOf } from './plan-facts.js';

/** A compiled condition beside the words an author wrote. */
export interface Written {
  condition: Compiled;
  written: Condition;
  place: Place;
}

/** The gates of a node as written. */
export function writtenGates(plan: Plan, node: PlanNode): Written[] {
  return gatePlaces(plan, node).flatMap((found, index) => {
    const gate = node.gates[index];
    return gate ? [{ ...found, condition: gate.condition }] : [];
  });
}

function gatePlaces(plan: Plan, node: PlanNode): Omit<Written, 'condition'>[] {
  if (node.kind === 'include') return inclusionsOf(plan, node.file);
  const { when, on } = node.definition as Pick<Question, 'when' | 'on'>;
  if (when) return [{ written: when, place: at(node, 'when') }];
  // Short for a clause on the parent; there is nothing to point at inside.
  return on === undefined ? [] : [{ written: { question: '' } as Condition, place: at(node, 'on') }];
}

function inclusionsOf(plan: Plan, module: string): Omit<Written, 'condition'>[] {
  return plan.files.flatMap(({ file, content }) => {
    if (kindOf(content) !== 'questionnaire') return [];
    const { includes = [] } = content as QuestionnaireFile;
    return includes.flatMap((include: Include, index) =>
      typeof include !== 'string' && include.module === module
        ? [{ written: include.when, place: at({ file, pointer: '/includes' }, index, 'when') }]
        : [],
    );
  });
}

/** One clause of a condition. */
export interface Clause extends Written {
  /** The repeats whose items it is evaluated in, outermost first. */
  repeats: readonly number[];
  /** It stands beside others, so that the condition can be read without it. */
  beside: boolean;
  /** What it stands in directly. */
  parent?: Compiled;
}

/** All clauses of a condition with their places, the condition itself first; named conditions are not looked into. */
export function clausesOf(plan: Plan, root: Written, chain: readonly number[]): Clause[] {
  const chainOf = (repeat: number) => plan.nodes[repeat]!.chain;
  const walk = (clause: Clause): Clause[] => {
    const { condition, written, place, repeats } = clause;
    if (condition.kind === 'named' || condition.kind === 'leaf') return [clause];
    const inner = (part: Compiled, found: Omit<Written, 'condition'>, beside: boolean): Clause[] =>
      walk({
        ...found,
        condition: part,
        repeats: 'repeat' in condition ? [...chainOf(condition.repeat), condition.repeat] : repeats,
        beside,
        parent: condition,
      });
    const parts = partsOf(condition);
    if ('repeat' in condition)
      return [
        clause,
        ...parts.flatMap((part) =>
          inner(part, { written: (written as { where: Condition }).where, place: at(place, 'where') }, false),
        ),
      ];
    const list = (written as Record<string, Condition[]>)[condition.kind]!;
    return [
      clause,
      ...parts.flatMap((part, index) =>
        inner(part, { written: list[index]!, place: at(place, condition.kind, index) }, parts.length > 1),
      ),
    ];
  };
  return walk({ ...root, repeats: chain, beside: false });
}
