import { describe, expect, it } from '@jest/globals';
import fc from '../../../../test/support/properties.js';
import {
  anyQuestionnaire as grownQuestionnaire,
  steps,
  type GrownQuestionnaire,
} from '../../../../test/factories/any-questionnaire.js';
import { compile } from '../compile.js';
import type { Plan, PlanNode, QuestionNode } from '../plan.js';
import { raisedIndicators } from '../raised.js';
import { answer, isAsked, record, start, type Session } from '../session.js';
import type { Witness } from './finding.js';
import { raisedIn } from './indicators.js';
import { Model } from './model.js';
import { PlanFacts } from './plan-facts.js';
import { firstItems, proveNodes } from './reachability.js';
import { smallestWitness } from './witness.js';

const planOf = ({ file }: GrownQuestionnaire): Plan => {
  const result = compile([{ file: 'grown/grown.json', content: file }]);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
};
/** A grown named condition may look at something asked after its first use; such a questionnaire is no case for a proof. */
const anyQuestionnaire = grownQuestionnaire.filter(
  ({ file }) => compile([{ file: 'grown/grown.json', content: file }]).ok,
);
const contextOf = (child = false) => ({ child: child ? 'yes' : 'no', language: 'en' }) as const;
const played = (plan: Plan, { child, answers }: Witness): Session => start(plan, contextOf(child), answers);
const isQuestion = (node: PlanNode): node is QuestionNode => node.kind === 'question';

/** Nodes that stand in one that is never open, or are never open themselves. */
function deadIn(facts: PlanFacts): (node: PlanNode) => boolean {
  const { dead } = proveNodes(facts);
  return (node) => facts.around(node.index).some(({ index }) => dead.has(index));
}

describe('what is proven about any questionnaire', () => {
  it('shows an interview in which each question is asked that is not reported, and playing it asks the question', () => {
    fc.assert(
      fc.property(anyQuestionnaire, (grown) => {
        const plan = planOf(grown);
        const facts = new PlanFacts(plan);
        const isDead = deadIn(facts);
        for (const node of plan.nodes.filter(isQuestion)) {
          const model = new Model(facts, { nodes: [node.index] });
          const path = firstItems(node);
          const witness = smallestWitness(model, [model.open(node.index, path), ...model.inItems(node.chain, path)]);
          expect([node.id, witness === undefined]).toEqual([node.id, isDead(node)]);
          if (witness && model.exact)
            expect([node.id, isAsked(played(plan, witness), node, path)]).toEqual([node.id, true]);
        }
      }),
      { numRuns: 80 },
    );
  });

  it('never reports a question that some interview asks, or an indicator that some interview raises', () => {
    fc.assert(
      fc.property(
        anyQuestionnaire.chain((grown) => fc.tuple(fc.constant(grown), steps(grown.questions, 60))),
        ([grown, taken]) => {
          const plan = planOf(grown);
          const facts = new PlanFacts(plan);
          const dead = plan.nodes.filter(isQuestion).filter(deadIn(facts));
          const silent = plan.indicators.filter((indicator) => {
            const model = new Model(facts, { conditions: [indicator.condition] });
            return model.circuit.solve([raisedIn(model, indicator)]).sat === false;
          });
          let session = start(plan, contextOf());
          for (const { remove, ...step } of taken) {
            if (remove) continue;
            const result = record(session, { ...step, ...(step.item.length === 0 && { item: undefined }) });
            if (result.ok) session = result.session;
            const raised = raisedIndicators(session).map(({ id }) => id);
            expect(silent.filter(({ id }) => raised.includes(id))).toEqual([]);
            const chain = step.item;
            expect(
              dead.filter(
                (node) =>
                  node.chain.length <= chain.length && isAsked(session, node, chain.slice(0, node.chain.length)),
              ),
            ).toEqual([]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('shows an interview that raises each indicator that is not reported', () => {
    fc.assert(
      fc.property(anyQuestionnaire, (grown) => {
        const plan = planOf(grown);
        const facts = new PlanFacts(plan);
        for (const indicator of plan.indicators) {
          const model = new Model(facts, { conditions: [indicator.condition] });
          const witness = smallestWitness(model, [raisedIn(model, indicator)]);
          if (witness && model.exact)
            expect(raisedIndicators(played(plan, witness)).map(({ id }) => id)).toContain(indicator.id);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('shows interviews with no more answers than are needed', () => {
    fc.assert(
      fc.property(anyQuestionnaire, (grown) => {
        const plan = planOf(grown);
        const facts = new PlanFacts(plan);
        const asked = plan.nodes.filter(isQuestion).filter(({ chain }) => chain.length === 0);
        for (const node of asked) {
          const model = new Model(facts, { nodes: [node.index] });
          const witness = smallestWitness(model, [model.open(node.index, [])]);
          for (const left of model.exact ? (witness?.answers ?? []) : []) {
            const fewer = { answers: witness!.answers.filter((one) => one !== left) };
            expect([node.id, isAsked(played(plan, fewer), node, [])]).toEqual([node.id, false]);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** Every way to answer a small questionnaire of yes-or-no questions, one after the other as far as they are open. */
function everyInterview(plan: Plan, visit: (session: Session) => void): void {
  const questions = plan.nodes.filter(isQuestion);
  const go = (session: Session, at: number): void => {
    visit(session);
    const question = questions[at];
    if (!question) return;
    go(session, at + 1);
    for (const said of [{ value: true }, { value: false }, { status: 'refused' }]) {
      const result = answer(session, { questionId: question.id, ...said });
      if (result.ok) go(result.session, at + 1);
    }
  };
  go(start(plan, contextOf()), 0);
}

describe('small questionnaires, by trying every interview', () => {
  const clause = fc.letrec<{ condition: unknown; leaf: unknown }>((tie) => ({
    leaf: fc.record({ question: fc.nat(4), answer: fc.constantFrom('true', 'false', 'refused', 'answered') }),
    condition: fc.oneof(
      { maxDepth: 2 },
      tie('leaf'),
      fc.record({
        group: fc.constantFrom('all', 'any', 'none'),
        parts: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
      }),
    ),
  })).condition;
  type Clause = { question: number; answer: string } | { group: string; parts: Clause[] };

  const written = (from: Clause, before: number): object =>
    'group' in from
      ? { [from.group]: from.parts.map((part) => written(part, before)) }
      : {
          question: `q${from.question % before}`,
          ...(from.answer === 'refused' || from.answer === 'answered'
            ? { [from.answer]: true }
            : { is: from.answer === 'true' }),
        };

  const small = fc
    .array(fc.tuple(clause, fc.constantFrom('open', 'closed')), { minLength: 2, maxLength: 4 })
    .map((gates) => {
      const text = { en: 'What happened?' };
      const question = (index: number, gate: object) => ({
        id: `q${index}`,
        type: 'boolean',
        text,
        purpose: 'inclusion',
        basis: ['House rule'],
        ...gate,
      });
      const items = [
        question(0, {}),
        ...gates.map(([when, ifUnclear], index) =>
          question(index + 1, { when: written(when as Clause, index + 1), ifUnclear }),
        ),
      ];
      const section = { id: 'only', title: text, phase: 'probing', items };
      const content = {
        format: 1,
        id: 'small',
        version: 1,
        purpose: 'screening',
        title: text,
        languages: ['en'],
        sections: [section],
      };
      const result = compile([{ file: 'small/small.json', content }]);
      if (!result.ok) throw new Error(JSON.stringify(result.problems));
      return result.plan;
    });

  it('reports exactly the questions that no interview asks and those that every interview asks', () => {
    fc.assert(
      fc.property(small, (plan) => {
        const questions = plan.nodes.filter(isQuestion);
        const ever = new Set<string>();
        const closed = new Set<string>();
        everyInterview(plan, (session) => {
          for (const node of questions) (isAsked(session, node, []) ? ever : closed).add(node.id);
        });
        const { findings } = proveNodes(new PlanFacts(plan));
        const told = (code: string) =>
          findings
            .filter((one) => one.code === code)
            .map(({ pointer }) => questions.find((node) => pointer === `${node.pointer}/when`)!.id);
        expect(told('unreachable')).toEqual(questions.filter(({ id }) => !ever.has(id)).map(({ id }) => id));
        expect(told('alwaysOpen')).toEqual(
          questions.filter(({ id, gates }) => gates.length > 0 && !closed.has(id)).map(({ id }) => id),
        );
      }),
      { numRuns: 80 },
    );
  });

  it('calls a clause redundant only where every interview goes the same without it', () => {
    fc.assert(
      fc.property(small, (plan) => {
        const { findings } = proveNodes(new PlanFacts(plan));
        const redundant = findings.find(({ code }) => code === 'redundantClause');
        fc.pre(redundant !== undefined);
        const content = structuredClone(plan.files[0]!.content);
        takeOut(content, redundant!.pointer);
        const without = compile([{ file: 'small/small.json', content }]);
        if (!without.ok) throw new Error(JSON.stringify(without.problems));
        everyInterview(plan, (session) => {
          const answers = openAnswers(session);
          const other = start(without.plan, contextOf(), answers);
          expect(openIds(other)).toEqual(openIds(session));
        });
      }),
      { numRuns: 60 },
    );
  });
});

function takeOut(content: unknown, pointer: string): void {
  const steps = pointer.split('/').slice(1);
  const last = Number(steps.pop());
  const list = steps.reduce((at, step) => (at as Record<string, unknown>)[step], content) as unknown[];
  list.splice(last, 1);
}

const openIds = (session: Session): string[] =>
  session.plan.nodes
    .filter(isQuestion)
    .filter((node) => isAsked(session, node, []))
    .map(({ id }) => id);

const openAnswers = ({ plan, root }: Session) =>
  plan.nodes.filter(isQuestion).flatMap(({ id, slot }) => {
    const recorded = root.answers[slot];
    return recorded
      ? [{ questionId: id, ...(recorded.status ? { status: recorded.status } : { value: recorded.value }) }]
      : [];
  });
