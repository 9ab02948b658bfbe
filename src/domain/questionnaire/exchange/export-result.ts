import type { Plan, PlanNode } from '../plan.js';
import { isReference } from '../operators.js';

/** Something of the questionnaire that the other format cannot say, or says differently. */
export interface Difference {
  /** The question, repeat, section or indicator; absent when it holds for the whole questionnaire. */
  id?: string;
  what: string;
}

/** A questionnaire in another format, and everything in which it differs from ours. */
export interface Exported<T> {
  content: T;
  differs: Difference[];
}

/** What no other format carries, whatever it is. */
export function lostAnywhere(plan: Plan): Difference[] {
  const questions = plan.nodes.filter((node) => node.kind === 'question');
  const has = (test: (node: PlanNode) => boolean) => plan.nodes.some(test);
  const differs: Difference[] = [
    { what: 'Purpose, basis and the phase of each section are left out: they are for the author and the officer.' },
    {
      what: 'There is no "not known", "refused" or "not asked" beside an answer: clauses about these count as if nobody had said so.',
    },
  ];
  if (plan.indicators.length > 0)
    differs.push({ what: `${plan.indicators.length} indicator(s) are left out: the other side raises none.` });
  if (questions.some(({ type }) => type === 'date'))
    differs.push({
      what: 'Dates are whole days there; "about 1994" and other calendars cannot be said, so clauses about dates are never unclear.',
    });
  if (questions.some(({ type }) => isReference(type)))
    differs.push({
      what: 'Words that name no entry of the reference data count there as another entry, not as unclear.',
    });
  if (has((node) => (node.kind === 'question' || node.kind === 'repeat') && node.checks.length > 0))
    differs.push({ what: 'Checks between answers are left out.' });
  return differs;
}

/** What a question of ours becomes where there is no type for it; `worksOut`: its calculation is there too. */
export function lostOfQuestion(node: Extract<PlanNode, { kind: 'question' }>, worksOut = false): Difference[] {
  const { id, type, definition } = node;
  const differs: Difference[] = [];
  const add = (what: string) => differs.push({ id, what });
  if (type === 'verbatim') add('The original and the interpreted words are one text there.');
  if (type === 'person' || type === 'document') add(`A ${type} is a text there, not its parts.`);
  if (node.calculation && !worksOut) add('It is worked out by us; there it is a question that nobody is asked.');
  if (definition.sensitive) add('The mark "sensitive" is left out.');
  if (node.codes.some(({ parent }) => parent !== undefined)) add('The hierarchy of its codes is left out.');
  return differs;
}

/** Every difference once. */
export function unique(differs: readonly Difference[]): Difference[] {
  return [...new Map(differs.map((one) => [JSON.stringify(one), one])).values()];
}
