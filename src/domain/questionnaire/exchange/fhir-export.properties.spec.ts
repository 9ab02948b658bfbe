import { describe, expect, it } from '@jest/globals';
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import fc from '../../../../test/support/properties.js';
import { anyQuestionnaire, steps, type Step } from '../../../../test/factories/any-questionnaire.js';
import { compile } from '../compile.js';
import type { Plan } from '../plan.js';
import { record, remove, start, type Session } from '../session.js';
import { view, type QuestionView, type RepeatView } from '../view.js';
import { toFhir } from './fhir-export.js';
import { EXTENSIONS, type EnableWhen, type FhirItem } from './fhir-format.js';

type Shown = QuestionView | RepeatView;
interface ResponseItem {
  linkId: string;
  item?: ResponseItem[];
  answer?: Record<string, unknown>[];
}
interface Response {
  resourceType: 'QuestionnaireResponse';
  item: ResponseItem[];
}

const planOf = (file: unknown): Plan => {
  const result = compile([{ file: 'grown/grown.json', content: file }]);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
};

const play = (plan: Plan, taken: readonly Step[]): Session =>
  taken.reduce(
    (session, step) => {
      const at = { questionId: step.questionId, ...(step.item.length > 0 && { item: step.item }) };
      const result = step.remove ? remove(session, at) : record(session, { ...at, value: step.value });
      if (!result.ok) throw new Error(result.message);
      return result.session;
    },
    start(plan, { child: 'no', language: 'en' }),
  );

const valueOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'boolean'
    ? { valueBoolean: value }
    : typeof value === 'number'
      ? { valueDecimal: value }
      : { valueCoding: { code: value } };

/** A response holds the items that are enabled; a repeat has one item per item of ours. */
const responseOf = (shown: readonly Shown[]): ResponseItem[] =>
  shown.flatMap((one): ResponseItem[] => {
    if (!one.open) return [];
    if (one.kind === 'repeat')
      return one.items.map(({ questions }) => ({ linkId: one.id, item: responseOf(questions) }));
    const { value } = one.answer ?? {};
    return [{ linkId: one.id, ...(value !== undefined && { answer: [valueOf(value)] }) }];
  });

const ours = (shown: readonly Shown[], path = ''): string[] =>
  shown.flatMap((one) => {
    if (!one.open) return [];
    if (one.kind === 'question') return [path + one.id];
    return one.items.flatMap(({ questions }, position) => ours(questions, `${path}${one.id}/${position}/`));
  });

/** What stands around an item: the response, and the item of each repeat, nearest last. */
interface Around {
  response: Response;
  repeats: ResponseItem[];
  variables: Record<string, unknown>;
}

const inside = (items: readonly ResponseItem[], linkId: string): ResponseItem[] =>
  items.flatMap((one) => [...(one.linkId === linkId ? [one] : []), ...inside(one.item ?? [], linkId)]);

/** R4: the nearest occurrence, first in the items around, then in the whole response. */
function clauseHolds({ question, operator, ...expected }: EnableWhen, { response, repeats }: Around): boolean {
  const found =
    [...repeats.map(({ item }) => item ?? []), response.item]
      .map((items) => inside(items, question))
      .find((occurrences) => occurrences.length > 0) ?? [];
  const answers = found.flatMap(({ answer }) => answer ?? []).map((answer) => Object.values(answer)[0] as unknown);
  const [right] = Object.values(expected) as [unknown];
  const plain = (value: unknown) => (typeof value === 'object' ? (value as { code: string }).code : (value as number));
  if (operator === 'exists') return answers.length > 0 === right;
  return answers.some((answer) => {
    const [a, b] = [plain(answer), plain(right)];
    const orders = { '=': a === b, '!=': a !== b, '<': a < b, '>': a > b, '<=': a <= b, '>=': a >= b };
    return orders[operator];
  });
}

function isEnabled(item: FhirItem, around: Around): boolean {
  const expression = item.extension?.find(({ url }) => url === EXTENSIONS.enableWhenExpression)?.['valueExpression'];
  if (expression) {
    const path = (expression as { expression: string }).expression;
    const variables = { resource: around.response, ...around.variables };
    const result = fhirpath.evaluate(around.response, path, variables, r4) as unknown[];
    expect(result).toHaveLength(1);
    return result[0] === true;
  }
  const clauses = (item.enableWhen ?? []).map((clause) => clauseHolds(clause, around));
  return clauses.length === 0 || (item.enableBehavior === 'any' ? clauses.includes(true) : !clauses.includes(false));
}

interface Variable {
  name: string;
  expression: string;
}
/**
 * The variable of a repeat in one of its items, worked out from its own expression where that item stands in a response: an
 * object set by hand has no place in FHIR's types, and then `answer.value` is not known to be its valueBoolean.
 */
const variableIn = (one: ResponseItem, { name, expression }: Variable): Record<string, unknown> => ({
  [name]: fhirpath.evaluate(one, { base: 'QuestionnaireResponse.item', expression }, {}, r4) as unknown,
});

const theirs = (items: readonly FhirItem[], within: readonly ResponseItem[], around: Around, path = ''): string[] =>
  items.flatMap((item): string[] => {
    if (!isEnabled(item, around)) return [];
    if (item.type !== 'group') return [path + item.linkId];
    const own = within.filter(({ linkId }) => linkId === item.linkId);
    if (!item.repeats) return theirs(item.item ?? [], own[0]?.item ?? [], around, path);
    const variable = item.extension?.find(({ url }) => url === EXTENSIONS.variable)?.['valueExpression'];
    return own.flatMap((one, position) => {
      const variables = { ...around.variables, ...variableIn(one, variable as Variable) };
      const inner = { ...around, repeats: [one, ...around.repeats], variables };
      return theirs(item.item ?? [], one.item ?? [], inner, `${path}${item.linkId}/${position}/`);
    });
  });

describe('a questionnaire exported to FHIR', () => {
  it('enables by enableWhen and FHIRPath what our engine opens, whatever is answered', () => {
    const seen = { flat: 0, expressions: 0 };
    fc.assert(
      fc.property(
        anyQuestionnaire.chain((grown) => fc.tuple(fc.constant(grown), steps(grown.questions))),
        ([grown, taken]) => {
          const plan = planOf(grown.file);
          const { content, differs } = toFhir(plan, { en: 'Grown' });
          expect(differs.filter(({ what }) => what.includes('always shown'))).toEqual([]);
          const session = play(
            plan,
            taken.filter(({ status }) => status === undefined),
          );
          const sections = view(session).sections.filter(({ open }) => open);
          const item = sections.map(({ id, items }) => ({ linkId: id, item: responseOf(items) }));
          const response: Response = { resourceType: 'QuestionnaireResponse', item };
          const around: Around = { response, repeats: [], variables: {} };
          expect(theirs(content.item, item, around).sort()).toEqual(
            ours(sections.flatMap((section) => section.items)).sort(),
          );
          const written = JSON.stringify(content);
          if (written.includes('"enableWhen"')) seen.flat++;
          if (written.includes(EXTENSIONS.enableWhenExpression)) seen.expressions++;
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
    expect(seen.flat).toBeGreaterThan(5);
    expect(seen.expressions).toBeGreaterThan(5);
  });

  const grown = (items: unknown[]): Plan => {
    const section = { id: 'section0', title: { en: 'Happened' }, phase: 'freeAccount', items };
    const head = {
      format: 1,
      id: 'grown',
      version: 1,
      purpose: 'screening',
      title: { en: 'Grown' },
      languages: ['en'],
    };
    return planOf({ ...head, sections: [section] });
  };
  const asked = (id: string, more: object = {}) => {
    const head = { id, type: 'boolean', text: { en: 'Happened?' }, purpose: 'inclusion', basis: ['House rule'] };
    return { ...head, ...more };
  };
  const repeated = (id: string, items: unknown[]) => {
    const title = { en: 'Happened' };
    return { id, repeat: true, title, itemTitle: title, items };
  };
  const enabled = (plan: Plan, taken: readonly Step[]): string[] => {
    const sections = view(play(plan, taken)).sections;
    const item = sections.map(({ id, items }) => ({ linkId: id, item: responseOf(items) }));
    const response: Response = { resourceType: 'QuestionnaireResponse', item };
    return theirs(toFhir(plan, { en: 'Grown' }).content.item, item, { response, repeats: [], variables: {} });
  };

  it('closes a follow-up inside an item whose question was answered no', () => {
    const followUp = asked('q2', { when: { question: 'q1', is: true }, ifUnclear: 'open' });
    const gate = { when: { question: 'q0', is: true }, ifUnclear: 'open' };
    const plan = grown([asked('q0'), repeated('r0', [asked('q1', { ...gate, followUps: [followUp] })])]);
    expect(enabled(plan, [{ questionId: 'q1', item: [0], value: false }])).toEqual(['q0', 'r0/0/q1']);
    expect(enabled(plan, [{ questionId: 'q1', item: [0], value: true }])).toEqual(['q0', 'r0/0/q1', 'r0/0/q2']);
  });

  it('counts inner items by an answer in the outer item around them', () => {
    const where = {
      some: 'r1',
      where: {
        all: [
          { question: 'q0', is: true },
          { question: 'q1', is: true },
        ],
      },
    };
    const last = asked('q2', { when: { some: 'r0', where }, ifUnclear: 'closed' });
    const plan = grown([repeated('r0', [asked('q0'), repeated('r1', [asked('q1')])]), last]);
    const inner: Step = { questionId: 'q1', item: [0, 0], value: true };
    expect(enabled(plan, [inner, { questionId: 'q0', item: [0], value: true }])).toContain('q2');
    expect(enabled(plan, [inner, { questionId: 'q0', item: [0], value: false }])).not.toContain('q2');
  });
});
