import { labelOf, render } from '../explain.js';
import type { Plan, PlanNode, QuestionNode } from '../plan.js';
import { framesAround, matters } from '../scenario/reached.js';
import type { Session } from '../session.js';
import { placeOf, type Change, type Example, type Outcome, type Subject } from './change.js';
import { conditionsInWords } from './condition-words.js';
import { examplesOf, type Compare, type Side } from './examples.js';
import { listChange, reworded as rewordedCodes } from './lists.js';
import { gatesMeaning } from './meaning.js';
import { changedProperties, propertyInWords, tightens, type Properties } from './properties.js';
import { rewordings, wordingsInWords, type Texts } from './wordings.js';

/** What is compared in its own way, or is what a node holds and no property of its own. */
const ELSEWHERE = [
  'id',
  'type',
  'text',
  'note',
  'title',
  'itemTitle',
  'list',
  'when',
  'ifUnclear',
  'on',
  'followUps',
  'items',
  'repeat',
];
const TEXTS = ['text', 'note', 'title', 'itemTitle'];

export const subjectOf = ({ kind }: PlanNode): Subject => (kind === 'include' ? 'module' : kind);
const nameOf = (node: PlanNode): string => `${subjectOf(node)} "${node.id}"`;
const Name = (node: PlanNode): string => nameOf(node).replace(/^./, (first) => first.toUpperCase());

/** Something that is new. */
export function addedNode(plan: Plan, node: PlanNode): Change {
  const asked = node.kind === 'include' ? '' : `: ${labelOf(plan, node.index, 'en')}`;
  return {
    kind: 'added',
    subject: subjectOf(node),
    id: node.id,
    breaking: false,
    sentence: `${Name(node)} is new${asked}`,
    after: placeOf(node),
  };
}

/** Something that is gone; of what came instead, what may be the same under another id. */
export function removedNode(plan: Plan, node: PlanNode, added: readonly PlanNode[]): Change {
  const successor = node.kind === 'question' ? added.find((other) => reads(other) === reads(node)) : undefined;
  const holdsAnswers = node.kind === 'question' || node.kind === 'repeat';
  const label = node.kind === 'include' ? '' : `: ${labelOf(plan, node.index, 'en')}`;
  const lost = holdsAnswers ? ' Answers to it have no place any more.' : '';
  const perhaps = successor ? ` Perhaps it is "${successor.id}" now.` : '';
  return {
    kind: 'removed',
    subject: subjectOf(node),
    id: node.id,
    breaking: holdsAnswers,
    sentence: `${Name(node)} is gone${label}${lost || perhaps ? '.' : ''}${lost}${perhaps}`,
    before: placeOf(node),
  };
}

const reads = (node: PlanNode): string =>
  node.kind === 'question' ? JSON.stringify([node.type, node.definition.text.en]) : '';

/** What differs about something both versions have. */
export function nodeChanges(sides: readonly [Side, Side], before: PlanNode, after: PlanNode): Change[] {
  const questions = before.kind === 'question' && after.kind === 'question' ? ([before, after] as const) : undefined;
  return [
    ...(questions ? retyped(...questions) : []),
    ...wordingChange(before, after),
    ...(questions ? listChange(...questions) : []),
    ...conditionChange(sides, before, after),
    ...propertyChanges(before, after),
  ];
}

const common = (before: PlanNode, after: PlanNode) => ({
  subject: subjectOf(after),
  id: after.id,
  before: placeOf(before),
  after: placeOf(after),
});

function retyped(before: QuestionNode, after: QuestionNode): Change[] {
  if (before.type === after.type) return [];
  return [
    {
      kind: 'retyped',
      ...common(before, after),
      breaking: true,
      sentence: `${Name(after)} was a ${before.type} and is a ${after.type}. Answers given so far do not fit.`,
      property: { name: 'type', before: before.type, after: after.type },
    },
  ];
}

const propertiesOf = (node: PlanNode): Properties => {
  if (node.kind === 'include') return {};
  const vocabulary = node.kind === 'question' && node.vocabulary ? { vocabulary: node.vocabulary } : {};
  return { ...node.definition, ...vocabulary };
};
const textsOf = (node: PlanNode): Texts =>
  Object.fromEntries(Object.entries(propertiesOf(node)).filter(([key]) => TEXTS.includes(key))) as Texts;

function wordingChange(before: PlanNode, after: PlanNode): Change[] {
  const codes = before.kind === 'question' && after.kind === 'question' ? rewordedCodes(before, after) : [];
  const wordings = [...rewordings(textsOf(before), textsOf(after)), ...codes];
  if (wordings.length === 0) return [];
  const onlyStatus = wordings.every(({ status }) => status !== undefined);
  const what = onlyStatus ? 'has translations in another state' : 'reads differently';
  return [
    {
      kind: 'reworded',
      ...common(before, after),
      breaking: false,
      sentence: `${Name(after)} ${what}: ${wordingsInWords(wordings)}.`,
      wordings,
    },
  ];
}

function propertyChanges(before: PlanNode, after: PlanNode): Change[] {
  return changedProperties(propertiesOf(before), propertiesOf(after), ELSEWHERE).map((property): Change => {
    const breaking = tightens(property);
    return {
      kind: 'propertyChanged',
      ...common(before, after),
      breaking,
      sentence: `${Name(after)}: ${propertyInWords(property)}.${breaking ? ' Answers given so far may not fit.' : ''}`,
      property,
    };
  });
}

function conditionChange(sides: readonly [Side, Side], before: PlanNode, after: PlanNode): Change[] {
  const [{ plan: earlier }, { plan: later }] = sides;
  if (gatesMeaning(earlier, before) === gatesMeaning(later, after)) return [];
  const conditions = [before, after].map(({ gates }) => gates.map(({ condition }) => condition));
  const examples = examplesOf(sides, after.id, [conditions[0]!, conditions[1]!], compareNodes(before, after));
  return [
    {
      kind: 'conditionChanged',
      ...common(before, after),
      breaking: false,
      sentence: `${Name(after)} is open under another condition. ${gatesInWords([earlier, before], [later, after])} ${examplesInWords(examples)}`,
      examples,
    },
  ];
}

function gatesInWords(...versions: [[Plan, PlanNode], [Plan, PlanNode]]): string {
  const most = Math.max(...versions.map(([, { gates }]) => gates.length));
  if (most <= 1) {
    const [before, after] = versions.map(([plan, { gates }]) => ({
      plan,
      condition: gates[0]?.condition,
      unclear: gates[0]?.ifUnclear === 'open' ? ', or that is unclear' : '',
    }));
    return conditionsInWords(before!, after!);
  }
  const [was, is] = versions.map(([plan, { gates }]) =>
    gates.map(({ condition }) => render(plan, condition)).join('; or '),
  );
  return `It was: ${was}. It is: ${is}.`;
}

/**
 * The same item in both. Compared by its own condition (where what it stands in is open in both, and it may be asked at all), or
 * as a whole with what it stands in.
 */
export function compareNodes(before: PlanNode, after: PlanNode, by: 'condition' | 'whole' = 'condition'): Compare {
  const openness = (session: Session, node: PlanNode): (Outcome | undefined)[] =>
    framesAround(session, node).map((frames) => {
      if (by === 'condition' && !matters(session.plan, node, frames, session)) return undefined;
      return frames[node.chain.length]!.open[node.slot] === 1 ? 'open' : 'closed';
    });
  return (earlier, later) => {
    const [was, is] = [openness(earlier, before), openness(later, after)];
    if (was.length !== is.length) return undefined;
    for (const [index, outcome] of was.entries()) {
      const now = is[index];
      if (outcome && now && outcome !== now) return { before: outcome, after: now };
    }
    return undefined;
  };
}

/** Examples as a sentence. */
export function examplesInWords(examples: readonly Example[]): string {
  if (examples.length === 0) return 'No answers were found for which that makes a difference.';
  return examples
    .map(({ answers, applicant, before, after }) => {
      const said = Object.entries(answers).map(([question, value]) => `${question}: ${JSON.stringify(value)}`);
      const child = applicant ? ['the applicant is a child'] : [];
      const given = [...said, ...child].join(', ');
      return `With ${given === '' ? 'nothing answered' : given} it was ${before} and is ${after}.`;
    })
    .join(' ');
}
