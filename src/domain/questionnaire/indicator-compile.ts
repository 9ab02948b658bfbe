import type { ConditionCompiler, Names, Read } from './condition.js';
import type { Indicator } from './format.js';
import type { Layout, Unit } from './layout.js';
import { isNumber } from './operators.js';
import { pipesOf } from './pipe-compile.js';
import type { PlanIndicator } from './plan.js';
import { at, didYouMean, type Place, type Problems } from './problems.js';

interface Draft {
  readonly indicator: Omit<PlanIndicator, 'replaces'>;
  readonly names: Names;
  readonly place: Place;
}

/** Compiles the indicators of all units, with what each of them reads; what is wrong goes to `problems`. */
export function compileIndicators(
  units: readonly Unit[],
  layout: Layout,
  compiler: ConditionCompiler,
  problems: Problems,
): { indicators: PlanIndicator[]; reads: Read[][] } {
  const drafts: Draft[] = [];
  const reads: Read[][] = [];
  const ids = new Set<string>();
  for (const { file, content, names, module } of units) {
    for (const [position, definition] of (content.indicators ?? []).entries()) {
      const place = at({ file, pointer: '/indicators' }, position);
      const id = names.qualify(definition.id);
      if (ids.has(id))
        problems.add(at(place, 'id'), `there are two indicators "${definition.id}"; give one another id`);
      if (module !== undefined && !definition.id.startsWith(`${module}.`))
        problems.add(at(place, 'id'), `ids of this module begin with "${module}."`);
      ids.add(id);
      const { compiled, reads: read } = compiler.forIndicator(definition.when, at(place, 'when'), names);
      const pipes = pipesOf(definition.reason, at(place, 'reason'), names, layout.byId, problems, (index) =>
        layout.nodes[index]!.kind === 'question' ? undefined : 'is a repeat',
      );
      const next = nextOf(definition, place, names, layout, problems);
      const ages = agesOf(definition, place, names, layout, read, problems);
      if (!compiled) continue;
      const { pointer } = place;
      const about = { index: drafts.length, id, file, pointer, definition };
      drafts.push({ indicator: { ...about, condition: compiled, pipes, next, ages }, names, place });
      reads.push([...read, ...ages.map((node) => ({ node, allItems: false }))]);
    }
  }
  return { indicators: withReplaced(drafts, ids, problems), reads };
}

function nextOf({ next = [] }: Indicator, place: Place, names: Names, { byId }: Layout, problems: Problems): string[] {
  for (const [index, id] of next.entries())
    if (byId[names.qualify(id)] === undefined)
      problems.add(at(place, 'next', index), `there is no question "${id}".${didYouMean(id, Object.keys(byId))}`);
  return next.map((id) => names.qualify(id));
}

/** Ages are told in numbers, once or in the items that the rule ranges over. */
function agesOf(
  { age = [] }: Indicator,
  place: Place,
  names: Names,
  { byId, nodes }: Layout,
  reads: readonly Read[],
  problems: Problems,
): number[] {
  return age.flatMap((id, position) => {
    const index = byId[names.qualify(id)];
    const node = nodes[index ?? -1];
    const wrong = !node
      ? `there is no question "${id}".${didYouMean(id, Object.keys(byId))}`
      : node.kind !== 'question' || !isNumber(node.type)
        ? `"${id}" tells no age: name a number question, or a calculated one such as the years from a birth date to the act`
        : node.chain.every((repeat) => reads.some((read) => read.node === repeat))
          ? undefined
          : `"${id}" is asked once per item of "${nodes[node.chain.at(-1)!]!.id}", and the rule of this indicator does not range over it`;
    if (wrong) problems.add(at(place, 'age', position), wrong);
    return wrong ? [] : [index!];
  });
}

const WEIGHT = { low: 0, medium: 1, high: 2 } as const;

/** Resolves `replaces`: nothing may vanish behind something that weighs less, points elsewhere or is itself replaced by it. */
function withReplaced(drafts: readonly Draft[], ids: ReadonlySet<string>, problems: Problems): PlanIndicator[] {
  const byId = new Map(drafts.map(({ indicator }) => [indicator.id, indicator]));
  const replaced = drafts.map(({ indicator: { definition }, names, place }) =>
    (definition.replaces ?? []).flatMap((id, position) => {
      const other = byId.get(names.qualify(id));
      // One whose own rule is wrong is told there.
      if (!other && ids.has(names.qualify(id))) return [];
      const wrong = !other
        ? `there is no indicator "${id}".${didYouMean(id, [...ids])}`
        : WEIGHT[other.definition.severity] > WEIGHT[definition.severity]
          ? `"${id}" is of a higher severity than "${definition.id}"; only the one that weighs more may replace`
          : other.definition.ground !== definition.ground
            ? `"${id}" points to ${other.definition.ground} and "${definition.id}" to ${definition.ground}; neither may hide the other`
            : undefined;
      if (wrong) problems.add(at(place, 'replaces', position), wrong);
      return wrong ? [] : [other!.index];
    }),
  );
  for (const { indicator, place } of drafts)
    if (reaches(replaced, indicator.index, indicator.index))
      problems.add(
        at(place, 'replaces'),
        `"${indicator.definition.id}" replaces itself through others; break the circle`,
      );
  return drafts.map(({ indicator }) => ({ ...indicator, replaces: replaced[indicator.index]! }));
}

function reaches(replaced: readonly number[][], from: number, to: number): boolean {
  const seen = new Set(replaced[from]);
  for (const one of seen) for (const next of replaced[one]!) seen.add(next);
  return seen.has(to);
}
