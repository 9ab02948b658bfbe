import { render } from '../explain.js';
import type { ModuleFile } from '../format.js';
import type { Plan, PlanNode, SectionNode } from '../plan.js';
import type { Change } from './change.js';
import { examplesOf, type Side } from './examples.js';
import { compareNodes, examplesInWords } from './nodes.js';

/** Whether a plan holds the module of an inclusion, be it under a condition or always. */
export const isIncluded = ({ files }: Plan, { kind, id }: PlanNode): boolean =>
  kind === 'include' && files.some(({ content }) => (content as Partial<ModuleFile>).module === id);

/** Modules that one version includes under a condition and the other always: only the first has a node for that. */
export function inclusionChanges(sides: readonly [Side, Side]): Change[] {
  const [before, after] = sides;
  const always = conditional(before).filter((node) => isIncluded(after.plan, node) && !has(after, node));
  const sometimes = conditional(after).filter((node) => isIncluded(before.plan, node) && !has(before, node));
  return [
    ...always.map((node) =>
      change(sides, node, `was included when ${whenOf(before, node)}, and is now included always`),
    ),
    ...sometimes.map((node) =>
      change(sides, node, `was included always, and is now included when ${whenOf(after, node)}`),
    ),
  ];
}

const conditional = ({ plan }: Side): PlanNode[] => plan.nodes.filter(({ kind }) => kind === 'include');
const has = (side: Side, { id }: PlanNode): boolean => conditional(side).some((node) => node.id === id);
const whenOf = ({ plan }: Side, { gates }: PlanNode): string =>
  gates.map(({ condition }) => render(plan, condition)).join('; or ');

function change(sides: readonly [Side, Side], module: PlanNode, words: string): Change {
  const conditions = sides.map(({ plan }) =>
    plan.nodes.filter(({ kind, id }) => kind === 'include' && id === module.id).flatMap(({ gates }) => gates),
  );
  const [was, is] = conditions.map((gates) => gates.map(({ condition }) => condition));
  const [one, other] = sides.map(({ plan }) => firstSection(plan, module.id));
  const examples = one && other ? examplesOf(sides, module.id, [was!, is!], compareNodes(one, other, 'whole')) : [];
  return {
    kind: 'conditionChanged',
    subject: 'module',
    id: module.id,
    breaking: false,
    sentence: `Module "${module.id}" ${words}. ${examplesInWords(examples)}`,
    examples,
  };
}

/** The section that stands for the whole module: it has no condition of its own where there is one like that. */
function firstSection({ nodes }: Plan, module: string): SectionNode | undefined {
  const sections = nodes.filter((node) => node.kind === 'section' && node.id.startsWith(`${module}.`)) as SectionNode[];
  return sections.find(({ gates }) => gates.length === 0) ?? sections[0];
}
