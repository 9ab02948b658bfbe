import { describe, expect, it } from '@jest/globals';
import { Model, type Question, type QuestionPanelDynamicModel } from 'survey-core';
import fc from '../../../../test/support/properties.js';
import { anyQuestionnaire, steps, type Step } from '../../../../test/factories/any-questionnaire.js';
import { compile } from '../compile.js';
import type { Plan } from '../plan.js';
import { record, remove, start, type Session } from '../session.js';
import { view, type QuestionView, type RepeatView } from '../view.js';
import { PRESENT } from './surveyjs-expression.js';
import { toSurveyJs } from './surveyjs-export.js';

type Shown = QuestionView | RepeatView;

const planOf = (file: unknown): Plan => {
  const result = compile([{ file: 'grown/grown.json', content: file }]);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
};

const play = (plan: Plan, taken: readonly Step[]): Session =>
  taken.reduce(
    (session, step) => {
      const result = step.remove ? remove(session, at(step)) : record(session, { ...at(step), value: step.value });
      if (!result.ok) throw new Error(result.message);
      return result.session;
    },
    start(plan, { child: 'no', language: 'en' }),
  );
const at = ({ questionId, item }: Step) => ({ questionId, ...(item.length > 0 && { item }) });

/** The answers of open questions as SurveyJS keeps them: items numbered without gaps, each with its mark. */
const dataOf = (shown: readonly Shown[]): Record<string, unknown> =>
  Object.fromEntries(
    shown.flatMap((one): [string, unknown][] => {
      if (!one.open) return [];
      if (one.kind === 'repeat')
        return [[one.id, one.items.map(({ questions }) => ({ [PRESENT]: 1, ...dataOf(questions) }))]];
      return one.answer?.value === undefined ? [] : [[one.id, one.answer.value]];
    }),
  );

const ours = (shown: readonly Shown[], path = ''): string[] =>
  shown.flatMap((one) => {
    if (!one.open) return [];
    if (one.kind === 'question') return [path + one.id];
    return one.items.flatMap(({ questions }, position) => ours(questions, `${path}${one.id}/${position}/`));
  });

const theirs = (questions: readonly Question[], path = ''): string[] =>
  questions
    .filter(({ isVisible }) => isVisible)
    .flatMap((one) =>
      one.getType() === 'paneldynamic'
        ? (one as QuestionPanelDynamicModel).panels.flatMap((panel, position) =>
            theirs(panel.questions, `${path}${one.name}/${position}/`),
          )
        : one.name === PRESENT
          ? []
          : [path + one.name],
    );

const surveyShows = (plan: Plan, data: Record<string, unknown>): string[] => {
  const survey = new Model(toSurveyJs(plan, { en: 'Grown' }).content);
  survey.data = data;
  return survey.pages.filter(({ isVisible }) => isVisible).flatMap((page) => theirs(page.questions));
};

describe('a questionnaire exported to SurveyJS', () => {
  it('shows in SurveyJS what it shows in our engine, whatever is answered', () => {
    let compared = 0;
    fc.assert(
      fc.property(
        anyQuestionnaire.chain((grown) => fc.tuple(fc.constant(grown), steps(grown.questions))),
        ([grown, taken]) => {
          const plan = planOf(grown.file);
          fc.pre(toSurveyJs(plan, { en: 'Grown' }).differs.every(({ what }) => !what.includes('always shown')));
          const session = play(
            plan,
            taken.filter(({ status }) => status === undefined),
          );
          const shown = view(session).sections.filter(({ open }) => open);
          const items = shown.flatMap((section) => section.items);
          expect(surveyShows(plan, dataOf(items)).sort()).toEqual(ours(items).sort());
          compared++;
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
    expect(compared).toBe(25);
  });
});
