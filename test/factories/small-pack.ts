import type { ModuleFile, PackFile, QuestionnaireFile } from '../../src/domain/questionnaire/format.js';
import type { ReferenceFile } from '../../src/domain/questionnaire/format-reference.js';

/** A tiny complete pack of an invented country: one of everything the format has. */

const law = [{ source: 'Rome Statute Art. 25(3)', verified: true }];

export const smallPackFile: PackFile = {
  format: 1,
  pack: 'Ruritania',
  title: { en: 'Ruritania' },
  countries: ['stateless'],
  languages: ['en', 'fr'],
  questionnaires: ['screening.v1.json'],
  reference: 'reference.json',
};

export const smallReference: ReferenceFile = {
  format: 1,
  reference: 'Ruritania',
  organisations: [
    { id: 'forces', name: 'Ruritanian Forces', sources: [{ source: 'Invented' }], verified: true },
    { id: 'guard', name: 'Royal Guard', parent: 'forces', sources: [{ source: 'Invented' }], verified: true },
  ],
  units: [
    {
      id: 'guard1',
      name: '1st Guard Battalion',
      organisation: 'guard',
      sources: [{ source: 'Invented' }],
      verified: false,
    },
  ],
  ranks: [
    {
      id: 'private',
      name: 'Private',
      organisation: 'forces',
      order: 1,
      sources: [{ source: 'Invented' }],
      verified: true,
    },
    {
      id: 'captain',
      name: 'Captain',
      organisation: 'forces',
      order: 5,
      sources: [{ source: 'Invented' }],
      verified: true,
    },
  ],
  places: [
    { id: 'strelsau', name: 'Strelsau', kind: 'city', sources: [{ source: 'Invented' }], verified: true },
    { id: 'oldGate', name: 'Old Gate', parent: 'strelsau', sources: [{ source: 'Invented' }], verified: true },
  ],
  events: [
    {
      id: 'fire',
      name: 'Fire of Strelsau',
      date: '1994-04',
      places: ['strelsau'],
      sources: [{ source: 'Invented' }],
      verified: true,
    },
  ],
  periods: [
    {
      id: 'war',
      name: 'War of 1994',
      date: '1994-04-06/1994-07-18',
      classification: 'nonInternational',
      sources: [{ source: 'Invented' }],
      verified: true,
    },
  ],
};

export const smallModule: ModuleFile = {
  format: 1,
  module: 'service',
  version: 1,
  title: { en: 'Military service' },
  languages: ['en'],
  lists: {
    duties: [
      { code: 'combat', text: { en: 'Combat' } },
      { code: 'checkpoint', text: { en: 'Checkpoint' }, parent: 'combat' },
      { code: 'kitchen', text: { en: 'Kitchen' } },
    ],
  },
  conditions: {
    'service.atCheckpoint': { question: 'service.duty', within: 'combat' },
  },
  sections: [
    {
      id: 'service.postings',
      title: { en: 'Service' },
      phase: 'probing',
      items: [
        {
          id: 'service.posting',
          repeat: true,
          title: { en: 'Postings' },
          itemTitle: { en: 'Posting' },
          max: 20,
          items: [
            {
              id: 'service.unit',
              type: 'unit',
              text: { en: 'Which unit was that?' },
              purpose: 'exclusion',
              basis: law,
            },
            {
              id: 'service.rank',
              type: 'rank',
              text: { en: 'What rank did you have?' },
              purpose: 'exclusion',
              basis: law,
            },
            { id: 'service.when', type: 'date', text: { en: 'When was that?' }, purpose: 'exclusion', basis: law },
            {
              id: 'service.duty',
              type: 'choice',
              list: 'duties',
              text: { en: 'What did you do there?' },
              purpose: 'exclusion',
              basis: law,
              followUps: [
                {
                  id: 'service.checkpointOrders',
                  type: 'verbatim',
                  text: { en: 'What happened at the checkpoint?' },
                  on: 'checkpoint',
                  sensitive: true,
                  neverAskChild: true,
                },
              ],
            },
          ],
        },
      ],
    },
  ],
  indicators: [
    {
      id: 'service.checkpointInWar',
      when: {
        some: 'service.posting',
        where: {
          all: [{ condition: 'service.atCheckpoint' }, { question: 'service.when', overlaps: '1994-04-06/1994-07-18' }],
        },
      },
      ifUnclear: 'raise',
      severity: 'medium',
      ground: '1F(a)',
      reason: {
        en: 'Served with {service.unit|a unit not named} in {service.when|a time not given}, when the war was on.',
      },
      innocent: [{ en: 'Guards at some checkpoints only directed traffic.' }],
      next: ['service.checkpointOrders'],
    },
  ],
};

export const smallQuestionnaire: QuestionnaireFile = {
  format: 1,
  id: 'Ruritania-screening',
  version: 1,
  purpose: 'screening',
  title: { en: 'Identification', fr: { text: 'Identification', status: 'draft' } },
  languages: ['en', 'fr'],
  includes: [
    {
      module: 'base/modules/service.v1.json',
      when: { question: 'served', is: true },
      ifUnclear: 'open',
    },
  ],
  lists: {
    languages: [
      { code: 'rur', text: { en: 'Ruritanian' } },
      { code: 'de', text: { en: 'German' } },
    ],
  },
  conditions: {
    leftDuringWar: { question: 'leftOn', overlaps: '1994-04-06/1994-07-18' },
  },
  sections: [
    {
      id: 'account',
      title: { en: 'Own account' },
      note: { en: 'Let the applicant speak without interruption.' },
      phase: 'freeAccount',
      items: [
        {
          id: 'account1',
          type: 'verbatim',
          text: { en: 'Please tell me why you left.' },
          purpose: 'inclusion',
          basis: ['Directive 2011/95 Art. 4'],
        },
        {
          id: 'languages',
          type: 'multiChoice',
          list: 'languages',
          text: { en: 'Which languages do you speak?' },
          purpose: 'identity',
          basis: ['House rule'],
        },
        {
          id: 'leftOn',
          type: 'date',
          text: { en: 'When did you leave?' },
          purpose: 'inclusion',
          basis: ['House rule'],
          required: true,
        },
        {
          id: 'leftFrom',
          type: 'place',
          text: { en: 'From which place?' },
          purpose: 'inclusion',
          basis: ['House rule'],
          vocabulary: { kinds: ['city'] },
        },
        {
          id: 'journeyDays',
          type: 'number',
          integer: true,
          min: 0,
          max: 3650,
          text: { en: 'How many days did the journey from {leftFrom|there} take?' },
          purpose: 'inclusion',
          basis: ['House rule'],
          when: { condition: 'leftDuringWar' },
          ifUnclear: 'open',
        },
        {
          id: 'served',
          type: 'boolean',
          text: { en: 'Have you ever served in an armed force?' },
          purpose: 'exclusion',
          basis: law,
          required: true,
        },
      ],
    },
  ],
  indicators: [
    {
      id: 'longJourney',
      when: {
        all: [
          { question: 'journeyDays', above: 300 },
          { question: 'leftFrom', within: 'strelsau' },
        ],
      },
      ifUnclear: 'silent',
      severity: 'low',
      ground: '1F(b)',
      reason: { en: 'The journey took {journeyDays|many} days.' },
      innocent: [{ en: 'Borders were closed.' }],
    },
  ],
};

/** The files of the pack by the name `compile` reports problems under. */
export const smallPack = (): { file: string; content: unknown }[] => [
  { file: 'Ruritania/pack.json', content: smallPackFile },
  { file: 'Ruritania/screening.v1.json', content: smallQuestionnaire },
  { file: 'Ruritania/reference.json', content: smallReference },
  { file: 'base/modules/service.v1.json', content: smallModule },
];
