import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import {
  anyRichQuestionnaire,
  steps,
  type GrownQuestionnaire,
  type Step,
} from '../../../test/factories/any-questionnaire.js';
import { PlainQuestionnaire, keyOf } from '../../../test/factories/plain-questionnaire.js';
import { compile } from './compile.js';
import type { Plan } from './plan.js';
import { raisedIndicators } from './raised.js';
import {
  answer,
  answersOf,
  evaluate,
  record,
  remove,
  start,
  withContext,
  type Address,
  type Consequences,
  type Session,
} from './session.js';
import { view, type QuestionView, type RepeatView } from './view.js';

const context = { child: 'no', language: 'en' } as const;

const planOf = ({ file }: GrownQuestionnaire): Plan => {
  const result = compile([{ file: 'grown/grown.json', content: file }]);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
};

function take(session: Session, step: Step): { session: Session } & Consequences {
  const input = { ...step, ...(step.item.length === 0 && { item: undefined }) };
  const result = step.remove ? remove(session, input) : record(session, input);
  if (!result.ok) throw new Error(result.message);
  return result;
}

/** Open questions of items that exist, calculated values, failed checks and raised indicators, as comparable data. */
function stateOf(session: Session) {
  const shown = view(session);
  const items = shown.sections.flatMap((section) => section.items);
  return {
    open: openKeys(items).sort(),
    calculated: calculatedIn(items),
    failed: shown.failed.map(({ of, item = [] }) => keyOf(of, item)).sort(),
    raised: raisedIndicators(session),
    answers: answersOf(session),
  };
}
const calculatedIn = (items: readonly (QuestionView | RepeatView)[]): unknown[] =>
  items.flatMap((one) =>
    one.kind === 'question'
      ? one.calculated
        ? [[keyOf(one.id, one.item ?? []), one.answer?.value]]
        : []
      : one.items.flatMap(({ questions }) => calculatedIn(questions)),
  );
const openKeys = (items: readonly (QuestionView | RepeatView)[]): string[] =>
  items.flatMap((one) =>
    one.kind === 'question'
      ? one.open
        ? [keyOf(one.id, one.item ?? [])]
        : []
      : one.items.flatMap(({ questions }) => openKeys(questions)),
  );

const interview = anyRichQuestionnaire.chain((grown) => fc.tuple(fc.constant(grown), steps(grown.questions)));

describe('any questionnaire, answered in any way', () => {
  it('compiles, and gives step by step what a full pass over the same answers gives', () => {
    fc.assert(
      fc.property(interview, ([grown, taken]) => {
        const plan = planOf(grown);
        let session = start(plan, context);
        for (const step of taken) {
          session = take(session, step).session;
          expect(stateOf(session)).toEqual(stateOf(evaluate(plan, context, answersOf(session))));
        }
      }),
      { numRuns: 80 },
    );
  });

  it('gives what a plain second reading of the file gives', () => {
    fc.assert(
      fc.property(interview, ([grown, taken]) => {
        const session = taken.reduce((before, step) => take(before, step).session, start(planOf(grown), context));
        const plain = new PlainQuestionnaire(grown.file);
        const answers = new Map(
          answersOf(session).map(({ questionId, item = [], ...recorded }) => [keyOf(questionId, item), recorded]),
        );
        const { open, raised, failed } = stateOf(session);
        expect({ open, raised: raised.map(({ id }) => id).sort(), failed }).toEqual(plain.evaluate(answers));
      }),
      { numRuns: 150 },
    );
  });

  it('comes to the same in whatever order the answers are recorded', () => {
    fc.assert(
      fc.property(
        interview.chain(([grown, taken]) => {
          const last = [
            ...new Map(
              taken.filter((step) => !step.remove).map((step) => [keyOf(step.questionId, step.item), step]),
            ).values(),
          ];
          return fc.tuple(fc.constant(grown), fc.constant(last), fc.shuffledSubarray(last, { minLength: last.length }));
        }),
        ([grown, one, other]) => {
          const plan = planOf(grown);
          const play = (order: Step[]) =>
            stateOf(order.reduce((session, step) => take(session, step).session, start(plan, context)));
          expect(play(other)).toEqual(play(one));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is as before when an answer is recorded and taken away again', () => {
    fc.assert(
      fc.property(interview, ([grown, taken]) => {
        let session = start(planOf(grown), context);
        for (const step of taken.filter((one) => !one.remove)) {
          const after = take(session, step);
          const fresh = !answersOf(session).some(
            (one) => keyOf(one.questionId, one.item ?? []) === keyOf(step.questionId, step.item),
          );
          if (fresh) expect(stateOf(take(after.session, { ...step, remove: true }).session)).toEqual(stateOf(session));
          session = after.session;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('tells exactly what opened, closed, was raised and cleared, and leaves the session before as it was', () => {
    fc.assert(
      fc.property(interview, ([grown, taken]) => {
        let session = start(planOf(grown), context);
        for (const step of taken) {
          const before = stateOf(session);
          const result = take(session, step);
          expect(stateOf(session)).toEqual(before);
          const after = stateOf(result.session);
          const key = ({ questionId, item }: Address) => keyOf(questionId, item ?? []);
          const asked = (one: string) => !grown.questions.find(({ id }) => one.startsWith(`${id}/`))?.calculated;
          const opened = after.open.filter((one) => asked(one) && !before.open.includes(one));
          expect(result.opened.map(key).sort()).toEqual(opened);
          const closed = before.open.filter((one) => asked(one) && !after.open.includes(one));
          expect(result.closed.map(key).sort()).toEqual(closed);
          const [was, is] = [before.raised.map(({ id }) => id), after.raised.map(({ id }) => id)];
          expect(result.raised).toEqual(is.filter((id) => !was.includes(id)));
          expect(result.cleared).toEqual(was.filter((id) => !is.includes(id)));
          session = result.session;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('never throws: an answer is taken or refused in words, and everything can be shown in every language', () => {
    const CODES = ['unknownQuestion', 'badItem', 'badValue', 'notOpen', 'calculated', 'checkFailed'];
    fc.assert(
      fc.property(interview, fc.constantFrom('en', 'fr-BE', 'ar', 'ti'), ([grown, taken], language) => {
        const all = grown.questions.map(({ id, chain }) => ({ questionId: id, item: chain.map(() => 0), value: true }));
        let session = start(planOf(grown), { child: 'unclear', language });
        for (const step of [...taken, ...all]) {
          const input = { ...step, ...(step.item.length === 0 && { item: undefined }) };
          const result = answer(session, input);
          if (result.ok) session = result.session;
          else expect([CODES.includes(result.code), result.message.length > 0]).toEqual([true, true]);
        }
        expect(view(withContext(session, { child: 'no', language })).sections.length).toBe(3);
      }),
      { numRuns: 60 },
    );
  });
});
