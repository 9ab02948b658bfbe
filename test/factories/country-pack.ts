import type { SourceFile } from '../../src/domain/questionnaire/plan.js';

export interface CountryPackWanted {
  readonly pack?: string;
  readonly version?: number;
  /** Wording of the first question. */
  readonly asked?: string;
  readonly includes?: readonly string[];
  /** What the scenario of the guard expects to be raised. */
  readonly raised?: readonly string[];
}

const BASIS = [{ source: 'Invented for tests', verified: true }];

/** The files of a small screening questionnaire for a country without a pack of its own; everything in it is invented. */
export function aCountryPack(wanted: CountryPackWanted = {}): SourceFile[] {
  const {
    pack = 'LI',
    version = 1,
    asked = 'Please tell me why you left.',
    includes = [],
    raised = ['guard'],
  } = wanted;
  const question = (id: string, type: string, text: string, more: object = {}) => ({
    id,
    type,
    text: { en: text },
    purpose: 'exclusion',
    basis: BASIS,
    ...more,
  });
  return [
    {
      file: `${pack}/pack.json`,
      content: {
        format: 1,
        pack,
        title: { en: 'A small country' },
        countries: [pack],
        languages: ['en'],
        questionnaires: [`screening.v${version}.json`],
        reference: 'reference.json',
      },
    },
    { file: `${pack}/reference.json`, content: { format: 1, reference: pack } },
    {
      file: `${pack}/screening.v${version}.json`,
      content: {
        format: 1,
        id: `${pack}-screening`,
        version,
        purpose: 'screening',
        title: { en: 'Identification of potential exclusion cases: a small country' },
        languages: ['en'],
        ...(includes.length > 0 ? { includes } : {}),
        sections: [
          {
            id: 'account',
            title: { en: 'Own account' },
            phase: 'freeAccount',
            items: [question('why', 'verbatim', asked, { purpose: 'inclusion', required: true })],
          },
          {
            id: 'work',
            title: { en: 'Work' },
            phase: 'probing',
            items: [
              question('guarded', 'boolean', 'Did you guard people?', { required: true }),
              question('guardedWhere', 'verbatim', 'Where was that?', {
                when: { question: 'guarded', is: true },
                ifUnclear: 'open',
                neverAskChild: true,
              }),
            ],
          },
        ],
        indicators: [
          {
            id: 'guard',
            when: { question: 'guarded', is: true },
            ifUnclear: 'silent',
            severity: 'medium',
            ground: '1F(a)',
            reason: { en: 'Guarded people.' },
            innocent: [{ en: 'Guards of a hospital guard people too.' }],
            next: ['guardedWhere'],
          },
        ],
      },
    },
    {
      file: `${pack}/scenarios/screening.json`,
      content: {
        format: 1,
        questionnaire: `${pack}-screening`,
        scenarios: [
          {
            id: 'guardOfPeople',
            title: 'Somebody who guarded people',
            role: 'perpetrator',
            answers: { why: { original: 'War.' }, guarded: true },
            expect: { indicators: raised, open: ['guardedWhere'] },
          },
          {
            id: 'baker',
            title: 'A baker',
            role: 'innocentTwin',
            twinOf: 'guard',
            from: 'guardOfPeople',
            answers: { guarded: false, why: null },
            expect: { silent: ['guard'], closed: ['guardedWhere'] },
          },
        ],
      },
    },
  ];
}
