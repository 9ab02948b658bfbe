import type { Witness } from '../lint/finding.js';
import type { Plan } from '../plan.js';
import type { Session } from '../session.js';
import { goalId, goalsOf, type Goal } from './goals.js';
import { Finder, interviewOf, type Reach } from './reach-answers.js';
import { reachedBy } from './reached.js';
import type { Child, Said } from './scenario.js';

export interface Count {
  reached: number;
  total: number;
}

/** Something that no scenario reaches. */
export interface Unreached {
  kind: Goal['kind'];
  /** Id of the question, section, repeat, module or indicator it is about. */
  id: string;
  file: string;
  /** JSON Pointer into the file. */
  pointer: string;
  /** What never happens, in a sentence. */
  what: string;
}

/** What no scenario reaches, and the answers of one that would. */
export interface Gap {
  /** `impossible`: it is proven that no answers reach it, and lint says why; `unknown`: none were found. */
  reach: Reach['reach'];
  /** Few answers that reach all of it, as a scenario takes them. */
  answers?: Said;
  applicant?: { child: Child };
  unreached: Unreached[];
}

/** How much of a questionnaire its scenarios reach; what no answers can reach is not counted. */
export interface Coverage {
  questions: Count;
  /** Conditions passed and not passed, and clauses in them deciding either way. */
  branches: Count;
  indicators: Count;
  gaps: Gap[];
}

/** What the interviews of some scenarios reach of a plan. Only what stands in files for which `counts` is true is looked at. */
export function coverageOf(plan: Plan, sessions: readonly Session[], counts?: (file: string) => boolean): Coverage {
  const goals = goalsOf(plan, counts);
  const reached = new Set(sessions.flatMap((session) => [...reachedBy(session, goals)]));
  const gaps = gapsOf(
    plan,
    goals.filter((goal) => !reached.has(goal)),
  );
  const impossible = new Set(gaps.flatMap(({ reach, goals: open }) => (reach.reach === 'impossible' ? open : [])));
  const count = (...kinds: Goal['kind'][]): Count => {
    const counted = goals.filter((goal) => kinds.includes(goal.kind) && !impossible.has(goal));
    return { reached: counted.filter((goal) => reached.has(goal)).length, total: counted.length };
  };
  return {
    questions: count('question'),
    branches: count('gate', 'clause'),
    indicators: count('indicator'),
    gaps: gaps.map(({ reach, goals: open }) => told(plan, reach, open)),
  };
}

interface Found {
  reach: Reach;
  goals: Goal[];
}

/** Answers found for one goal are held against all the others as well: few scenarios close many gaps. */
function gapsOf(plan: Plan, goals: readonly Goal[]): Found[] {
  const finder = new Finder(plan);
  const gaps: Found[] = [];
  const without: Record<'impossible' | 'unknown', Goal[]> = { impossible: [], unknown: [] };
  const open = new Set(goals);
  for (const goal of open) {
    const reach = finder.find(goal);
    if (reach.reach !== 'possible') {
      without[reach.reach].push(goal);
      continue;
    }
    const together = [...reachedBy(interviewOf(plan, reach.witness), [...open])];
    for (const one of together) open.delete(one);
    gaps.push({ reach, goals: together });
  }
  for (const reach of ['unknown', 'impossible'] as const)
    if (without[reach].length > 0) gaps.push({ reach: { reach }, goals: without[reach] });
  return gaps;
}

function told(plan: Plan, reach: Reach, goals: readonly Goal[]): Gap {
  return {
    reach: reach.reach,
    ...(reach.reach === 'possible' && {
      answers: saidBy(plan, reach.witness),
      ...(reach.witness.child && { applicant: { child: 'yes' as const } }),
    }),
    unreached: goals
      .filter((goal) => !isRepeated(goal, goals))
      .map((goal) => ({ kind: goal.kind, id: goalId(goal), ...goal.place, what: goal.what })),
  };
}

/** A question that is never asked says by itself that its condition is never met. */
const isRepeated = (goal: Goal, beside: readonly Goal[]): boolean =>
  goal.kind === 'gate' && goal.passes && beside.some((other) => other.kind === 'question' && other.node === goal.node);

/** Answers one by one, as a scenario writes them. */
export function saidBy(plan: Plan, { answers }: Witness): Said {
  const said: Said = {};
  for (const { questionId, item, value, status } of answers) {
    const path = item === undefined ? [] : [item].flat();
    const { chain } = plan.nodes[plan.byId[questionId]!]!;
    const home = path.reduce<Said>((around, index, depth) => {
      const items = (around[plan.nodes[chain[depth]!]!.id] ??= []) as Said[];
      while (items.length <= index) items.push({});
      return items[index]!;
    }, said);
    home[questionId] = status === undefined ? value : { status };
  }
  return said;
}
