import { compile } from '../../src/domain/questionnaire/compile.js';
import type { Item, Question, QuestionType, QuestionnaireFile } from '../../src/domain/questionnaire/format.js';
import type { ReferenceFile } from '../../src/domain/questionnaire/format-reference.js';
import type { Plan, SourceFile } from '../../src/domain/questionnaire/plan.js';
import type { Problem } from '../../src/domain/questionnaire/problems.js';
import { answer, start, type AnswerInput, type Context, type Session } from '../../src/domain/questionnaire/session.js';
import { view, type QuestionView, type RepeatView } from '../../src/domain/questionnaire/view.js';
import { smallReference } from './small-pack.js';

/** A questionnaire of one section, as small as a test needs it, on the reference data of the small pack. */

export const ask = (id: string, type: QuestionType, more: Partial<Question> = {}): Question => ({
  id,
  type,
  text: { en: `Question ${id}?` },
  purpose: 'inclusion',
  basis: ['House rule'],
  ...(['choice', 'multiChoice'].includes(type) && { list: 'codes' }),
  ...more,
});

export const repeated = (id: string, items: Item[], more: object = {}): Item => ({
  id,
  repeat: true,
  title: { en: `Repeat ${id}` },
  itemTitle: { en: 'Item' },
  items,
  ...more,
});

export const oneSection = (items: Item[], more: Partial<QuestionnaireFile> = {}): SourceFile[] => {
  const reference: ReferenceFile = { ...smallReference, reference: 'Tiny' };
  const questionnaire: QuestionnaireFile = {
    format: 1,
    id: 'Tiny-screening',
    version: 1,
    purpose: 'screening',
    title: { en: 'Tiny' },
    languages: ['en'],
    lists: {
      codes: [
        { code: 'a', text: { en: 'A' } },
        { code: 'b', text: { en: 'B' }, parent: 'a' },
        { code: 'c', text: { en: 'C' }, exclusive: true },
      ],
    },
    sections: [{ id: 'all', title: { en: 'All' }, phase: 'open', items }],
    ...more,
  };
  return [
    { file: 'Tiny/screening.v1.json', content: questionnaire },
    { file: 'Tiny/reference.json', content: reference },
  ];
};

export const planOf = (items: Item[], more: Partial<QuestionnaireFile> = {}): Plan => {
  const result = compile(oneSection(items, more));
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.plan;
};

export const problemsOf = (items: Item[], more: Partial<QuestionnaireFile> = {}): Problem[] => {
  const result = compile(oneSection(items, more));
  return result.ok ? [] : result.problems;
};

/** The interview after these answers; `questionId: value`, or whole inputs for items and statuses. */
export function played(
  plan: Plan,
  answers: readonly AnswerInput[] | Readonly<Record<string, unknown>>,
  context: Context = { child: 'no', language: 'en' },
): Session {
  const inputs = Array.isArray(answers)
    ? (answers as AnswerInput[])
    : Object.entries(answers).map(([questionId, value]) => ({ questionId, value }));
  return inputs.reduce(
    (session, input) => {
      const taken = answer(session, input);
      if (!taken.ok) throw new Error(`${input.questionId}: ${taken.message}`);
      return taken.session;
    },
    start(plan, context),
  );
}

/** One question as shown, in the first item where it is asked per item. */
export function shown(session: Session, id: string): QuestionView {
  const all = (items: readonly (QuestionView | RepeatView)[]): QuestionView[] =>
    items.flatMap((one) => (one.kind === 'question' ? [one] : one.items.flatMap(({ questions }) => all(questions))));
  const found = view(session)
    .sections.flatMap(({ items }) => all(items))
    .find((one) => one.id === id);
  if (!found) throw new Error(`there is no question ${id}`);
  return found;
}
