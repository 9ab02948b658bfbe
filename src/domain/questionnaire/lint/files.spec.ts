import { describe, expect, it } from '@jest/globals';
import {
  CODES,
  SOURCES,
  TEXT,
  ask,
  findingsOf,
  indicator,
  perItem,
  questionnaire,
  reference,
} from '../../../../test/factories/lint-pack.js';
import type { SourceFile } from '../plan.js';
import type { FindingCode } from './codes.js';

type Case = [title: string, code: FindingCode, pointer: string, defective: SourceFile[], mended: SourceFile[]];

const held = ask('held', 'boolean');
const role = ask('role', 'multiChoice', { list: 'codes' });
const when = (condition: unknown) => ({ when: condition, ifUnclear: 'closed' });
const one = (...items: Parameters<typeof questionnaire>[0]) => [questionnaire(items)];
const withCodes = (...items: Parameters<typeof questionnaire>[0]) => [questionnaire(items, CODES)];
const asks = (en: string, type = 'text', more = {}) => ask('asked', type, { text: { en }, ...more });
const last = (condition: unknown) => ask('last', 'text', when(condition));
const french = (...items: Parameters<typeof questionnaire>[0]) => [
  questionnaire(items, {
    languages: ['en', 'fr'],
    title: { en: 'Tiny', fr: 'Petit' },
    sections: [{ id: 'all', title: { en: 'All', fr: 'Tout' }, phase: 'probing', items }],
  }),
];
const unit = ask('unit', 'text', { text: { en: 'Which?', fr: 'Lequel ?' } });
const where = (fr: unknown) => ask('where', 'text', { text: { en: 'Where was {unit|your unit}?', fr } });
const opening = (phase: string, ...items: unknown[]) => [
  questionnaire([], { sections: [{ id: 'all', title: { en: 'All' }, phase, items }] }),
];
const place = (more = {}) => ({ id: 'camp', name: 'Camp', sources: SOURCES, verified: true, ...more });
const placed = (entry: object) => [questionnaire([ask('home', 'place')]), reference({ places: [entry] })];
const patterned = (matches: string) =>
  one(ask('number', 'text', { pattern: { matches, message: { en: 'Two letters, six digits.' } } }));

const compiled: Case[] = [
  ['a file of no kind', 'notAFile', '', [{ file: 'Tiny/notes.json', content: { name: 'notes' } }], []],
  ['a misspelt key', 'schema', '/sections/0/items/0/txt', one({ ...held, txt: TEXT }), one(held)],
  [
    'a question without basis',
    'noPurposeOrBasis',
    '/sections/0/items/0',
    one({ ...held, basis: undefined }),
    one(held),
  ],
  [
    'a misspelt question',
    'unknownReference',
    '/sections/0/items/1/when/question',
    one(held, last({ question: 'hled', is: true })),
    one(held, last({ question: 'held', is: true })),
  ],
  ['a list that is not there', 'unknownReference', '/sections/0/items/0/list', one(role), withCodes(role)],
  [
    'a code that is not there',
    'unknownReference',
    '/sections/0/items/1/when/contains',
    withCodes(role, last({ question: 'role', contains: 'gard' })),
    withCodes(role, last({ question: 'role', contains: 'guard' })),
  ],
  [
    'an operator against the type',
    'wrongOperator',
    '/sections/0/items/1/when/is',
    withCodes(role, last({ question: 'role', is: 'guard' })),
    withCodes(role, last({ question: 'role', contains: 'guard' })),
  ],
  [
    'a comparison with another type',
    'wrongComparison',
    '/sections/0/items/1/when/is',
    one(held, last({ question: 'held', is: 'yes' })),
    one(held, last({ question: 'held', is: true })),
  ],
  ['an id used twice', 'duplicateId', '/sections/0/items/1/id', one(held, held), one(held, { ...held, id: 'then' })],
  [
    'a code used twice',
    'duplicateCode',
    '/lists/codes/1/code',
    [
      questionnaire([role], {
        lists: {
          codes: [
            { code: 'a', text: { en: 'First' } },
            { code: 'a', text: { en: 'First' } },
          ],
        },
      }),
    ],
    [
      questionnaire([role], {
        lists: {
          codes: [
            { code: 'a', text: { en: 'First' } },
            { code: 'b', text: { en: 'Second' } },
          ],
        },
      }),
    ],
  ],
  [
    'a question asked later',
    'forwardReference',
    '/sections/0/items/0/when/question',
    one(last({ question: 'held', is: true }), held),
    one(held, last({ question: 'held', is: true })),
  ],
  [
    'a circle of conditions',
    'cycle',
    '/conditions/b/condition',
    [questionnaire([held, last({ condition: 'a' })], { conditions: { a: { condition: 'b' }, b: { condition: 'a' } } })],
    [
      questionnaire([held, last({ condition: 'a' })], {
        conditions: { a: { condition: 'b' }, b: { question: 'held', is: true } },
      }),
    ],
  ],
  [
    'a look into a repeat',
    'outsideRepeat',
    '/sections/0/items/1/when/question',
    one(perItem('posting', [held]), last({ question: 'held', is: true })),
    one(perItem('posting', [held]), last({ some: 'posting', where: { question: 'held', is: true } })),
  ],
  [
    'silence that raises',
    'silenceRaises',
    '/indicators/0/when/refused',
    [questionnaire([held], { indicators: [indicator({ question: 'held', refused: true })] })],
    [questionnaire([held], { indicators: [indicator({ question: 'held', is: true })] })],
  ],
  [
    'a pipe without words for no answer',
    'pipeWithoutFallback',
    '/sections/0/items/1/text/en',
    one(held, asks('Where was {held}?')),
    one(held, asks('Where was {held|that}?')),
  ],
  [
    'a dangerous pattern',
    'dangerousPattern',
    '/sections/0/items/0/pattern/matches',
    patterned('(a+)+b'),
    patterned('[A-Z]{2}[0-9]{6}'),
  ],
  [
    'a pattern that is none',
    'dangerousPattern',
    '/sections/0/items/0/pattern/matches',
    patterned('['),
    patterned('[A-Z]'),
  ],
  ['an entry without source', 'noSource', '/places/0/sources', placed(place({ sources: [] })), placed(place())],
  [
    'bounds the wrong way round',
    'invalid',
    '/sections/0/items/0/min',
    one(ask('age', 'number', { min: 3, max: 1 })),
    one(ask('age', 'number', { min: 1, max: 3 })),
  ],
];

const read: Case[] = [
  [
    'a question not translated',
    'missingTranslation',
    '/sections/0/items/0/text',
    french(ask('unit', 'text', { text: { en: 'Which?' } })),
    french(unit),
  ],
  [
    'a note not translated',
    'untranslatedForOfficers',
    '/sections/0/items/0/note',
    french({ ...unit, note: { en: 'Wait.' } }),
    french({ ...unit, note: { en: 'Wait.', fr: 'Attendez.' } }),
  ],
  ['a language nobody declared', 'undeclaredLanguage', '/sections/0/items/0/text/fr', one(unit), french(unit)],
  [
    'a draft',
    'draftTranslation',
    '/sections/0/items/1/text/fr',
    french(unit, where({ text: 'Où était {unit|votre unité} ?', status: 'draft' })),
    french(unit, where({ text: 'Où était {unit|votre unité} ?', status: 'verified' })),
  ],
  [
    'a lost placeholder',
    'lostPlaceholder',
    '/sections/0/items/1/text/fr',
    french(unit, where('Où était votre unité ?')),
    french(unit, where('Où était {unit|votre unité} ?')),
  ],
  ['a list nobody uses', 'unusedList', '/lists/codes', withCodes(held), withCodes(role)],
  [
    'a condition nobody uses',
    'unusedCondition',
    '/conditions/wasThere',
    [questionnaire([held], { conditions: { wasThere: { question: 'held', is: true } } })],
    [
      questionnaire([held, last({ condition: 'wasThere' })], {
        conditions: { wasThere: { question: 'held', is: true } },
      }),
    ],
  ],
  [
    'a none that may be chosen beside others',
    'noneNotAlone',
    '/lists/codes/0',
    [
      questionnaire([role], {
        lists: { codes: CODES.lists.codes.map(({ code, text }) => ({ code, text })) },
      }),
    ],
    withCodes(role),
  ],
  [
    'indicators that replace each other',
    'cycle',
    '/indicators/0/replaces',
    [
      questionnaire([held], {
        indicators: [indicator({ question: 'held', is: true }, { replaces: ['raised'] })],
      }),
    ],
    [questionnaire([held], { indicators: [indicator({ question: 'held', is: true })] })],
  ],
  ['a single source', 'singleSource', '/places', placed(place({ sources: SOURCES.slice(0, 1) })), placed(place())],
  [
    'two sources close to a party',
    'singleSource',
    '/places',
    placed(place({ sources: SOURCES.map((source) => ({ ...source, stateAligned: true })) })),
    placed(place({ verified: false, sources: SOURCES.slice(0, 1) })),
  ],
  [
    'a negative question',
    'leadingQuestion',
    '/sections/0/items/0/text/en',
    one(asks("Didn't you know of it?")),
    one(asks('What did you know of it?')),
  ],
  [
    'a question with a tag',
    'leadingQuestion',
    '/sections/0/items/0/text/en',
    one(asks("You were a member, weren't you?")),
    one(asks('Which groups were you a member of?')),
  ],
  [
    'words put in the mouth',
    'leadingQuestion',
    '/sections/0/items/0/text/en',
    one(asks('Is it true that you led the group?')),
    one(asks('Who led the group?')),
  ],
  [
    'an act taken as told',
    'leadingQuestion',
    '/sections/0/items/0/text/en',
    one(asks('Why did you then beat them?')),
    one(held, asks('Why did you then beat them?', 'text', when({ question: 'held', is: true }))),
  ],
  [
    'a basis left by an import',
    'toBeFilled',
    '/sections/0/items/0/basis',
    one({ ...held, basis: ['To be filled: the provision'] }),
    one(held),
  ],
  [
    'a statement with a question mark',
    'leadingQuestion',
    '/sections/0/items/0/text/en',
    one(asks('You lived there. So you knew about the killings?')),
    one(asks('You lived there; what did you know about the killings?')),
  ],
  [
    'a question that expects yes',
    'leadingQuestion',
    '/sections/0/items/0/text/en',
    one(asks('Did you not know of it?')),
    one(asks('Where did you not go?')),
  ],
  [
    'two questions in one',
    'compoundQuestion',
    '/sections/0/items/0/text/en',
    one(asks('Where were you held and who held you?')),
    one(asks('Where were you held?')),
  ],
  [
    'two question marks',
    'compoundQuestion',
    '/sections/0/items/0/text/en',
    one(asks('Where was it? With whom?')),
    one(asks('From when until when was it?')),
  ],
  [
    'and/or',
    'compoundQuestion',
    '/sections/0/items/0/text/en',
    one(asks('What did you see and/or hear?')),
    one(asks('What happened to people who stayed and who hid?')),
  ],
  [
    'a closed question first',
    'closedFirst',
    '/sections/0/items/0',
    opening('open', held),
    opening('open', ask('life', 'verbatim'), held),
  ],
  [
    'a closed question first, by its words',
    'closedFirst',
    '/sections/0/items/0/items/0',
    opening('freeAccount', perItem('home', [asks('Did you live in the city?')])),
    opening('freeAccount', perItem('home', [asks('Can you tell me where you lived?')])),
  ],
  [
    'codes read out',
    'codesReadOut',
    '/sections/0/items/0/text/en',
    withCodes(asks('Was a guard with you, or cooked?', 'multiChoice', { list: 'codes' })),
    withCodes(asks('What was your work?', 'multiChoice', { list: 'codes' })),
  ],
];

describe('what the files show', () => {
  it.each([...compiled, ...read])('finds %s, and nothing once it is mended', (_, code, pointer, defective, mended) => {
    expect(findingsOf(...defective)).toEqual([{ code, pointer }]);
    expect(findingsOf(...mended)).toEqual([]);
  });
});
