import { describe, expect, it } from '@jest/globals';
import fc from '../../../../test/support/properties.js';
import { anyQuestionnaire, type GrownQuestionnaire } from '../../../../test/factories/any-questionnaire.js';
import { smallPack } from '../../../../test/factories/small-pack.js';
import { compile } from '../compile.js';
import type { Plan, SourceFile } from '../plan.js';
import { framesAround } from '../scenario/reached.js';
import { readScenarios } from '../scenario/read-scenarios.js';
import { runScenario } from '../scenario/run-scenario.js';
import type { Session } from '../session.js';
import type { Change, Example } from './change.js';
import { diff } from './diff.js';

function planOf(files: SourceFile[]): Plan {
  const result = compile(files);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}
const before = planOf(smallPack());

// Files are changed freely here.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;
interface Files {
  questionnaire: Json;
  module: Json;
  reference: Json;
  question(id: string): Json;
}

/** The small pack with something about it changed. */
function after(change: (files: Files) => void): Plan {
  const files = structuredClone(smallPack()) as { file: string; content: Json }[];
  const of = (key: string) =>
    files.find(({ content }) => key in content && (key === 'pack') === 'pack' in content)!.content;
  const questionnaire = of('id');
  change({
    questionnaire,
    module: of('module'),
    reference: of('reference'),
    question: (id) => questionnaire.sections[0].items.find((item: Json) => item.id === id),
  });
  return planOf(files);
}
const changes = (change: (files: Files) => void): Change[] => diff(before, after(change));
const short = (all: Change[]) =>
  all.map(({ kind, subject, id, breaking }) => `${kind} ${subject} ${id}${breaking ? ' (breaking)' : ''}`);

describe('the difference between two versions', () => {
  it('is nothing for a version and itself, read again', () => {
    expect(diff(before, planOf(smallPack()))).toEqual([]);
    expect(changes(({ questionnaire }) => (questionnaire.version = 2))).toEqual([]);
  });

  it.each<[string, (files: Files) => void, string[], RegExp]>([
    [
      'a new question',
      ({ questionnaire }) =>
        questionnaire.sections[0].items.push({
          id: 'more',
          type: 'text',
          text: { en: 'What else?' },
          purpose: 'inclusion',
          basis: ['House rule'],
        }),
      ['added question more'],
      /Question "more" is new: “What else\?”/,
    ],
    [
      'a question that is gone',
      ({ questionnaire }) => questionnaire.sections[0].items.splice(0, 1),
      ['removed question account1 (breaking)'],
      /Answers to it have no place/,
    ],
    [
      'a question under another id',
      ({ question }) => (question('account1').id = 'account'),
      ['removed question account1 (breaking)', 'added question account'],
      /Perhaps it is "account" now/,
    ],
    [
      'other words',
      ({ question }) => (question('served').text.en = 'Did you ever serve?'),
      ['reworded question served'],
      /reads differently: text \(en\)/,
    ],
    [
      'a new translation',
      ({ question }) => (question('served').note = { en: 'Wait.' }),
      ['reworded question served'],
      /note \(en\)/,
    ],
    [
      'a translation in another state',
      ({ questionnaire }) => (questionnaire.title.fr.status = 'verified'),
      ['reworded questionnaire Ruritania-screening'],
      /title \(fr\)/,
    ],
    [
      'a code that reads differently',
      ({ questionnaire }) => (questionnaire.lists.languages[0].text.en = 'Ruritanian or its dialects'),
      ['reworded question languages'],
      /codes\/rur \(en\)/,
    ],
    [
      'another type',
      ({ question }) => (question('languages').type = 'choice'),
      ['retyped question languages (breaking)'],
      /was a multiChoice and is a choice/,
    ],
    [
      'a new code',
      ({ questionnaire }) => questionnaire.lists.languages.push({ code: 'fr', text: { en: 'French' } }),
      ['listChanged question languages'],
      /new: fr/,
    ],
    [
      'a code that is gone',
      ({ questionnaire }) => questionnaire.lists.languages.pop(),
      ['listChanged question languages (breaking)'],
      /gone: de.*no longer fit/,
    ],
    [
      'a code below another',
      ({ questionnaire }) => (questionnaire.lists.languages[1].parent = 'rur'),
      ['listChanged question languages'],
      /changed: de/,
    ],
    [
      'narrower bounds',
      ({ question }) => (question('journeyDays').max = 100),
      ['propertyChanged question journeyDays (breaking)'],
      /"max" was 3650 and is 100/,
    ],
    [
      'wider bounds',
      ({ question }) => delete question('journeyDays').max,
      ['propertyChanged question journeyDays'],
      /"max" is gone; it was 3650/,
    ],
    [
      'a question no longer required',
      ({ question }) => delete question('served').required,
      ['propertyChanged question served'],
      /"required" is gone/,
    ],
    [
      'a section renamed',
      ({ questionnaire }) => (questionnaire.sections[0].title.en = 'Account'),
      ['reworded section account'],
      /Section "account" reads differently/,
    ],
    [
      'another phase',
      ({ questionnaire }) => (questionnaire.sections[0].phase = 'open'),
      ['propertyChanged section account'],
      /"phase" was "freeAccount" and is "open"/,
    ],
    [
      'another order',
      ({
        questionnaire: {
          sections: [{ items }],
        },
      }) => items.push(items.shift()),
      ['moved question account1'],
      /comes in another place: after question "served"/,
    ],
    [
      'another section',
      ({ questionnaire: { sections } }) =>
        sections.push({ id: 'end', title: { en: 'End' }, phase: 'closing', items: [sections[0].items.shift()] }),
      ['added section end', 'moved question account1'],
      /moved from section "account" to section "end"/,
    ],
    [
      'a question moved out of a repeat',
      ({
        module: {
          sections: [{ items }],
        },
      }) => items.push(items[0].items.shift()),
      ['moved question service.unit (breaking)'],
      /asked in other items now/,
    ],
    [
      'fewer items',
      ({ module }) => (module.sections[0].items[0].max = 3),
      ['propertyChanged repeat service.posting (breaking)'],
      /"max" was 20 and is 3/,
    ],
    [
      'a new indicator',
      ({ questionnaire: { indicators } }) => indicators.push({ ...indicators[0], id: 'other' }),
      ['added indicator other'],
      /is new \(low, 1F\(b\)\)/,
    ],
    [
      'an indicator that is gone',
      ({ questionnaire }) => (questionnaire.indicators = []),
      ['removed indicator longJourney'],
      /is gone/,
    ],
    [
      'another severity',
      ({ questionnaire }) => (questionnaire.indicators[0].severity = 'high'),
      ['propertyChanged indicator longJourney'],
      /"severity" was "low" and is "high"/,
    ],
    [
      'another reason',
      ({ questionnaire }) => (questionnaire.indicators[0].reason.en = 'Took long.'),
      ['reworded indicator longJourney'],
      /reason \(en\)/,
    ],
    [
      'another purpose',
      ({ questionnaire }) => (questionnaire.purpose = 'exclusion'),
      ['propertyChanged questionnaire Ruritania-screening'],
      /"purpose" was "screening"/,
    ],
  ])('tells %s', (_, change, expected, sentence) => {
    const found = changes(change);
    expect(short(found)).toEqual(expected);
    expect(found.map((one) => one.sentence).join('\n')).toMatch(sentence);
  });

  it('is the same whatever the order of keys', () => {
    const reordered = ({ questionnaire }: Files) => {
      const [first] = questionnaire.sections[0].items;
      questionnaire.sections[0].items[0] = Object.fromEntries(Object.entries(first).reverse());
    };
    expect(changes(reordered)).toEqual([]);
  });

  it('tells what a module no longer included took with it', () => {
    expect(short(changes((files) => void delete files.questionnaire.includes))).toEqual(
      expect.arrayContaining(['removed module service', 'removed question service.rank (breaking)']),
    );
    const always = changes(({ questionnaire }) => (questionnaire.includes = ['base/modules/service.v1.json']));
    expect(short(always)).toEqual(['conditionChanged module service']);
    expect(always[0]!.examples).toEqual([{ answers: { served: false }, before: 'closed', after: 'open' }]);
    expect(always[0]!.sentence).toMatch(
      /was included when “Have you ever served.*” is yes, and is now included always/,
    );
  });

  it('tells a place that is gone, for answers may name it', () => {
    const without = ({ reference }: Files) => void reference.places.pop();
    expect(changes(without)).toEqual([
      expect.objectContaining({ kind: 'removed', subject: 'reference', id: 'oldGate', breaking: true }),
    ]);
  });
});

describe('a condition that changed', () => {
  const only = (change: (files: Files) => void): Change => {
    const found = changes(change);
    expect(found.map(({ kind }) => kind)).toEqual(['conditionChanged']);
    return found[0]!;
  };

  it('comes with answers for which it comes out differently, both ways where it does', () => {
    const { sentence, examples } = only(
      ({ questionnaire }) => (questionnaire.conditions.leftDuringWar.overlaps = '1999'),
    );
    expect(examples).toEqual(
      expect.arrayContaining([
        { answers: { leftOn: expect.stringMatching(/^1994/) }, before: 'open', after: 'closed' },
        { answers: { leftOn: expect.stringMatching(/^1999/) }, before: 'closed', after: 'open' },
      ]),
    );
    expect(sentence).toMatch(
      /^Question "journeyDays" is open under another condition. It was: “When did you leave\?” falls .* With leftOn: "1994.*" it was open and is closed/,
    );
  });

  it('is found where only what an unclear result does changed', () => {
    const { examples } = only(({ question }) => (question('journeyDays').ifUnclear = 'closed'));
    expect(examples).toEqual([{ answers: {}, before: 'open', after: 'closed' }]);
  });

  it('is found inside the items of a repeat', () => {
    const { id, examples } = only(({ module }) => (module.conditions['service.atCheckpoint'].within = 'checkpoint'));
    expect(id).toBe('service.checkpointInWar');
    const posting = expect.objectContaining({ 'service.duty': 'combat' });
    expect(examples).toEqual([{ answers: { 'service.posting': [posting] }, before: 'raised', after: 'silent' }]);
  });

  it('is none when it is only written otherwise', () => {
    const otherwise = ({ questionnaire }: Files) => {
      const [first, second] = questionnaire.indicators[0].when.all;
      questionnaire.conditions.far = second;
      questionnaire.indicators[0].when = { all: [{ condition: 'far' }, { all: [first] }] };
    };
    expect(changes(otherwise)).toEqual([]);
  });

  it('says when no answers were found for which it matters', () => {
    const { sentence, examples } = only(({ questionnaire }) => {
      const { when } = questionnaire.includes[0];
      questionnaire.includes[0].when = { any: [when, { all: [when, { question: 'leftOn', answered: true }] }] };
    });
    expect(examples).toEqual([]);
    expect(sentence).toMatch(/No answers were found/);
  });
});

describe('between any two questionnaires', () => {
  const sessionOf = (plan: Plan, { answers, applicant }: Example): Session => {
    const known = Object.fromEntries(Object.entries(answers).filter(([id]) => plan.byId[id] !== undefined));
    const scenario = {
      id: 'example',
      title: 'Example',
      role: 'bystander',
      answers: known,
      ...(applicant && { applicant }),
      expect: { indicators: [] },
    };
    const content = { format: 1, questionnaire: plan.id, scenarios: [scenario] };
    const result = readScenarios({ file: 'grown/scenarios/example.json', content }, [plan]);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return runScenario(plan, result.scenarios[0]!).session;
  };
  const outcomes = (session: Session, { subject, id }: Change): unknown[] => {
    const { plan } = session;
    if (subject === 'indicator') return [session.raised[plan.indicators.find((one) => one.id === id)!.index] !== 0];
    const node = plan.nodes.find((one) => one.id === id && one.kind === subject)!;
    return framesAround(session, node).map((frames) => frames[node.chain.length]!.open[node.slot] === 1);
  };
  const filesOf = ({ file }: GrownQuestionnaire): SourceFile[] => [{ file: 'grown/grown.json', content: file }];

  it('every example truly distinguishes them', () => {
    let examples = 0;
    const changed = anyQuestionnaire.chain((grown) => fc.tuple(fc.constant(grown), fc.nat(), fc.nat()));
    fc.assert(
      fc.property(changed, ([grown, which, instead]) => {
        const one = planOf(filesOf(grown));
        const other = swapped(grown, which, instead);
        if (!other) return;
        for (const change of diff(one, other))
          for (const example of change.examples ?? []) {
            examples += 1;
            const [was, is] = [outcomes(sessionOf(one, example), change), outcomes(sessionOf(other, example), change)];
            expect([change.sentence, was]).not.toEqual([change.sentence, is]);
          }
      }),
      { numRuns: 40 },
    );
    expect(examples).toBeGreaterThan(5);
  });

  /** The questionnaire with the condition of one indicator put in the place of another's. */
  function swapped({ file }: GrownQuestionnaire, which: number, instead: number): Plan | undefined {
    const content = structuredClone(file);
    const indicators = content.indicators!;
    const [to, from] = [indicators[which % indicators.length]!, file.indicators![instead % indicators.length]!];
    to.when = from.when;
    const result = compile([{ file: 'grown/grown.json', content }]);
    return result.ok ? result.plan : undefined;
  }

  it('there is nothing between a questionnaire and itself', () => {
    fc.assert(
      fc.property(anyQuestionnaire, (grown) => {
        const again = structuredClone(filesOf(grown));
        (again[0]!.content as Json).version = 7;
        expect(diff(planOf(filesOf(grown)), planOf(again))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});
