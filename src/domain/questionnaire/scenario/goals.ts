import { labelOf, render } from '../explain.js';
import { clausesOf, writtenGates, type Clause, type Written } from '../lint/written.js';
import type { Compiled, CompiledGate, Plan, PlanIndicator, PlanNode, QuestionNode } from '../plan.js';
import type { Place } from '../problems.js';

/**
 * What scenarios should reach: every question open; every condition of a question, section, repeat or inclusion passed and not
 * passed; inside conditions of several clauses each clause deciding both ways; every indicator raised.
 */
export type Goal = { readonly place: Place; readonly what: string } & (
  | { readonly kind: 'question'; readonly node: QuestionNode }
  | { readonly kind: 'gate'; readonly node: PlanNode; readonly gate: CompiledGate; readonly passes: boolean }
  | {
      readonly kind: 'clause';
      readonly owner: { readonly node: PlanNode } | { readonly indicator: PlanIndicator };
      readonly condition: Compiled;
      readonly clause: Compiled;
      readonly holds: boolean;
    }
  | { readonly kind: 'indicator'; readonly indicator: PlanIndicator }
);

/** Id of the question, section, repeat, module or indicator a goal is about. */
export function goalId(goal: Goal): string {
  if (goal.kind === 'indicator') return goal.indicator.id;
  if (goal.kind === 'clause') return 'node' in goal.owner ? goal.owner.node.id : goal.owner.indicator.id;
  return goal.node.id;
}

/** Everything to reach in a plan; what stands in files for which `counts` is false is somebody else's to reach. */
export function goalsOf(plan: Plan, counts: (file: string) => boolean = () => true): Goal[] {
  const nodes = plan.nodes.flatMap((node) => goalsOfNode(plan, node));
  const indicators = plan.indicators.flatMap((indicator) => goalsOfIndicator(plan, indicator));
  return [...nodes, ...indicators].filter(({ place }) => counts(place.file));
}

function goalsOfNode(plan: Plan, node: PlanNode): Goal[] {
  const name = `${node.kind === 'include' ? 'module' : node.kind} "${node.id}"`;
  const asked: Goal[] =
    node.kind === 'question'
      ? [
          {
            kind: 'question',
            node,
            place: placeOf(node),
            what: `question "${node.id}" is never asked: ${labelOf(plan, node.index, 'en')}`,
          },
        ]
      : [];
  const gates = writtenGates(plan, node).flatMap((written, index): Goal[] => {
    const gate = node.gates[index]!;
    const { place, condition } = written;
    const words = render(plan, condition);
    return [
      { kind: 'gate', node, gate, passes: true, place, what: `the condition of ${name} is never met: ${words}` },
      { kind: 'gate', node, gate, passes: false, place, what: `the condition of ${name} is never failed: ${words}` },
      ...clauseGoals(plan, written, node.chain, { node }, name),
    ];
  });
  return [...asked, ...gates];
}

function goalsOfIndicator(plan: Plan, indicator: PlanIndicator): Goal[] {
  const place = { file: indicator.file, pointer: `${indicator.pointer}/when` };
  const name = `indicator "${indicator.id}"`;
  const written = { condition: indicator.condition, written: indicator.definition.when, place };
  return [
    { kind: 'indicator', indicator, place: placeOf(indicator), what: `${name} is never raised` },
    ...clauseGoals(plan, written, [], { indicator }, name),
  ];
}

const placeOf = ({ file, pointer }: Place): Place => ({ file, pointer });

/** In a condition of one clause the clause and the condition are the same thing. */
function clauseGoals(
  plan: Plan,
  written: Written,
  chain: readonly number[],
  owner: Extract<Goal, { kind: 'clause' }>['owner'],
  name: string,
): Goal[] {
  const clauses = clausesOf(plan, written, chain).filter(isTerminal);
  if (clauses.length < 2) return [];
  return clauses.flatMap(({ condition: clause, place }) =>
    [true, false].map((holds): Goal => {
      const what = `no scenario has ${name} decided by ${holds ? 'this holding' : 'this not holding'}: ${render(plan, clause)}`;
      return { kind: 'clause', owner, condition: written.condition, clause, holds, place, what };
    }),
  );
}

/** A clause that is not put together from others: about one question, a named condition, or a count. */
const isTerminal = ({ condition: { kind } }: Clause): boolean =>
  kind === 'leaf' || kind === 'named' || kind === 'atLeast' || kind === 'atMost';
