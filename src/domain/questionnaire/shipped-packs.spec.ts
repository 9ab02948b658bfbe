import { describe, expect, it } from '@jest/globals';
import { adult, ownOf, planOf, questionnaireOf, shippedQuestionnaires } from '../../../test/support/shipped-packs.js';
import type { Plan, QuestionNode } from './plan.js';
import { raisedIndicators } from './raised.js';
import { start, type AnswerInput } from './session.js';
import { inLanguage } from './texts.js';
import { view } from './view.js';

const questionsOf = ({ nodes }: Plan) => nodes.filter((node): node is QuestionNode => node.kind === 'question');
/** Every code that can stand beside the others. */
const togetherOf = ({ codes }: QuestionNode): string[] =>
  codes.filter(({ code, exclusive }) => code !== 'none' && !exclusive).map(({ code }) => code);
const among = (purpose: Plan['purpose']) => shippedQuestionnaires.filter(({ plan }) => plan.purpose === purpose);

describe.each(among('screening'))('the bank of $id', (questionnaire) => {
  it('holds 15 to 25 questions of its own beside what follows them up', () => {
    const { nodes } = questionnaire.plan;
    const own = ownOf(questionnaire, questionsOf(questionnaire.plan));
    const first = own.filter(({ container }) => nodes[container]!.kind !== 'question');
    expect(first.length).toBeGreaterThanOrEqual(15);
    expect(first.length).toBeLessThanOrEqual(25);
  });
});

describe.each(among('exclusion'))('the bank of $id', (questionnaire) => {
  it('holds 80 questions or more', () => {
    const own = ownOf(questionnaire, questionsOf(questionnaire.plan));
    expect(own.length).toBeGreaterThanOrEqual(80);
  });
});

describe.each(shippedQuestionnaires)('the content of $id', ({ plan }) => {
  it('gives every question a purpose and a basis, and every indicator an innocent explanation', () => {
    const bare = questionsOf(plan).filter(({ definition }) => !(definition.purpose && definition.basis?.length));
    expect(bare.map(({ id }) => id)).toEqual([]);
    expect(plan.indicators.filter(({ definition }) => definition.innocent.length === 0)).toEqual([]);
  });

  it('founds no question on an encyclopedia', () => {
    const bases = questionsOf(plan).flatMap(({ definition }) => definition.basis ?? []);
    expect(bases.filter((basis) => /wikipedia/i.test(JSON.stringify(basis)))).toEqual([]);
  });

  it('verifies no entry of the reference data without a place to read it other than an encyclopedia', () => {
    const unproven = Object.values(plan.reference).filter(
      ({ entry }) => entry.verified && entry.sources.every(({ source, url }) => !url || /wikipedia/i.test(source)),
    );
    expect(unproven.map(({ entry }) => entry.id)).toEqual([]);
  });

  it('raises nothing when everything is refused', () => {
    const refused = questionsOf(plan)
      .filter(({ chain, calculation }) => chain.length === 0 && !calculation)
      .map(({ id }) => ({ questionId: id, status: 'refused' }));
    expect(raisedIndicators(start(plan, adult, refused))).toEqual([]);
  });

  it('is never high for membership, rank, office, workplace or proceedings alone', () => {
    const alone = ['serviceForces', 'publicOffice', 'partyTaken', 'proceedings', 'links', 'office', 'accountPeriods'];
    const everything = questionsOf(plan).flatMap((node): AnswerInput[] =>
      alone.includes(node.id) ? [{ questionId: node.id, value: togetherOf(node) }] : [],
    );
    const birth = plan.byId['birthDate'] === undefined ? [] : [{ questionId: 'birthDate', value: '1960' }];
    const raised = raisedIndicators(start(plan, adult, [...birth, ...everything])).map(({ id }) => id);
    const high = plan.indicators.filter(({ definition }) => definition.severity === 'high').map(({ id }) => id);
    expect(raised.filter((id) => high.includes(id))).toEqual([]);
  });
});

const MODELS = ['RW-exclusion', 'RW-screening', 'base-exclusion', 'base-screening'];

describe.each(MODELS)('as the model of others, %s', (id) => {
  const plan = planOf(id);

  it('quotes choices as what was said or told, never as what was done', () => {
    const lists = questionsOf(plan).filter(({ type }) => type === 'multiChoice');
    const misquoting = plan.indicators.filter(({ definition }) =>
      lists.some(({ id: question }) => {
        const [before, ...quoted] = inLanguage(definition.reason, 'en').split(`{${question}|`);
        return quoted.length > 0 && !/\b(said|Told) of [^{}]*(\{[^}]*\}[^{}]*)*: $/.test(before!);
      }),
    );
    expect(misquoting.map((one) => one.id)).toEqual([]);
  });

  it('raises something for membership, office or proceedings, though nothing high', () => {
    const told = ['serviceForces', 'publicOffice', 'proceedings', 'links', 'accountPeriods'].flatMap((questionId) => {
      const node = plan.nodes[plan.byId[questionId] ?? -1];
      return node?.kind === 'question' ? [{ questionId, value: togetherOf(node) }] : [];
    });
    expect(raisedIndicators(start(plan, adult, told))).not.toEqual([]);
  });
});

describe('the Rwanda pack', () => {
  it('asks no more than an officer can oversee, and knows much of the country', () => {
    const questionnaire = questionnaireOf('RW-exclusion');
    expect(ownOf(questionnaire, questionsOf(questionnaire.plan)).length).toBeLessThanOrEqual(200);
    expect(Object.keys(questionnaire.plan.reference).length).toBeGreaterThan(150);
  });
});

describe.each([
  ['RW-exclusion', ['violencePosition', 'serviceForces', 'publicOffice', 'askedOfYou', 'proceedings']],
  ['RW-screening', ['violencePosition', 'serviceForces', 'publicOffice', 'askedOfYou', 'proceedings']],
  ['base-exclusion', ['violencePosition', 'links', 'office', 'support', 'checkpoints', 'ledOthers', 'proceedings']],
  ['base-screening', ['violencePosition', 'links', 'office', 'support', 'proceedings']],
])('an interview by %s', (id, decisive) => {
  it('is not finished before what decides is accounted for', () => {
    const plan = planOf(id);
    const lived = plan.byId['accountPeriods'] === undefined ? {} : { accountPeriods: ['spring1994'] };
    const linked = plan.byId['links'] === undefined ? {} : { links: ['military'] };
    const answers = Object.entries({ ...lived, ...linked }).map(([questionId, value]) => ({ questionId, value }));
    const missing = (more: AnswerInput[]) =>
      view(start(plan, adult, [...answers, ...more])).missing.map(({ questionId }) => questionId);
    const open = [...decisive, 'ownExplanation'].filter((one) => !(one in linked));
    expect(missing([])).toEqual(expect.arrayContaining(open));
    const left = missing(open.map((questionId) => ({ questionId, status: 'refused' })));
    expect(left.filter((one) => open.includes(one))).toEqual([]);
  });
});

describe.each(['RW', 'base'])('the two interviews of the pack %s', (pack) => {
  const [screening, exclusion] = [planOf(`${pack}-screening`), planOf(`${pack}-exclusion`)];
  const weight = { low: 1, medium: 2, high: 3 };
  const common = { birthDate: '1965', accountPeriods: ['spring1994'], ageThen: 30, proceedingOutcome: 'open' };
  const gravest = (plan: Plan, account: object) => {
    const told = Object.entries(account).flatMap(([questionId, value]): AnswerInput[] =>
      questionId in plan.byId ? [{ questionId, value }] : [],
    );
    return Math.max(0, ...view(start(plan, adult, told)).indicators.map(({ severity }) => weight[severity]));
  };
  const grave = questionsOf(screening)
    .filter(({ id, type }) => type === 'multiChoice' && id in exclusion.byId)
    .flatMap(({ id, codes }) =>
      codes.map(({ code }): [string, string, object] => [id, code, { ...common, [id]: [code] }]),
    )
    .filter(([, , account]) => gravest(screening, account) >= weight.medium);

  it('share answers that raise more than a low indicator', () => {
    expect(grave).toContainEqual(['violencePosition', 'ordered', expect.anything()]);
  });

  it.each(grave)('take %s: %s as gravely in the second as in the first', (_question, _code, account) => {
    expect(gravest(exclusion, account)).toBeGreaterThanOrEqual(gravest(screening, account));
  });
});
