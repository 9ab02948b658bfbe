import { ENTRY_KINDS } from '../timeline/format.js';
import { arr, D, head, obj, ref, str, $schema, type Schema } from './schema-terms.js';

const questionId = '^[A-Za-z][A-Za-z0-9]*(\\.[a-z][A-Za-z0-9]*)?$';
const question = (d: string) => str(d, { pattern: questionId });
const codes = (d: string) => ref(d, '#/$defs/codes');
const named = (what: string): Schema => ({
  description: `The ${what}: a question of that type, or a choice whose codes stand for entries of the reference file.`,
  type: ['string', 'object'],
  minLength: 1,
  pattern: questionId,
  required: ['question', 'codes'],
  additionalProperties: false,
  properties: {
    question: question('A choice or multiChoice question.'),
    codes: D('Code -> reference id; null for what has no entry there. Several answered codes leave it open which.', {
      type: 'object',
      minProperties: 1,
      additionalProperties: D('A reference id of this pack, or null.', { type: ['string', 'null'], minLength: 1 }),
    }),
  },
});
const basis = D('Who says so: the applicant (the default), or a paper whose content was recorded as answers.', {
  enum: ['statement', 'document'],
});
const days = (d: string) => D(d, { type: 'integer', minimum: 0 });
const km = (d: string) => D(d, { type: 'number', minimum: 0 });
const mappings = (d: string) =>
  D(d, { type: 'object', additionalProperties: { $ref: '#/$defs/mapping' }, propertyNames: { minLength: 1 } });

const settings = obj('Measures; what is not stated is a house rule.', [], {
  gapDays: days('A gap in a period of conflict is asked about when it is certainly longer than this.'),
  gapDaysInPeriod: D('The same for one period: reference id of the period -> days.', {
    type: 'object',
    additionalProperties: days('Days.'),
  }),
  overlapDays: days('Entries that exclude each other are asked about when they certainly overlap by more than this.'),
  nearKm: km('A place is near an event up to this distance.'),
  nearDays: days('A time is near an event up to this many days before or after it.'),
  apartKm: km('Two places are apart from this distance on.'),
  eventKinds: arr('Kinds of events about which presence is asked; all when not said.', { type: 'string' }),
  placeRadiusKm: D('Kind of place -> how far it reaches at most from its middle, in km.', {
    type: 'object',
    additionalProperties: km('Kilometres.'),
  }),
  fromAge: D('Presence and gaps are asked about only from this age on.', { type: 'integer', minimum: 0, maximum: 18 }),
});

const entry = obj('One entry of the timeline, or one per item when its questions stand in a repeat.', ['id', 'kind'], {
  id: str('Its own in the file.', { pattern: '^[A-Za-z][A-Za-z0-9]*$' }),
  kind: D('What it is. detention: the applicant was held; guarding others is service.', { enum: ENTRY_KINDS }),
  basis,
  only: codes('There is an entry only when one of these codes was answered.'),
  period: question('A date question: the day or the whole period.'),
  from: question('A date question: the first day.'),
  to: question('A date question: the last day.'),
  during: str('When the question itself says when; in EDTF, read as if the applicant had said it.'),
  place: named('place'),
  unit: named('unit'),
  organisation: named('organisation'),
  rank: question('A rank question.'),
  event: question('An event question: the known event it was.'),
  superior: question('A text, verbatim or person question: who gave the orders.'),
  age: question('A number question: how old the applicant was then.'),
  act: codes("The codes that stand for an act of the applicant's own."),
});

export const timelineSchema = {
  ...head('timeline.schema.json', 'Timeline'),
  ...obj(
    "Where the answers to a pack's questionnaires stand in a person's life. No part of any questionnaire's hash.",
    ['format', 'timeline'],
    {
      $schema,
      format: D('Version of the file format.', { const: 1 }),
      timeline: str('The pack it belongs to, the name of its folder.'),
      settings,
      questionnaires: mappings('By id of a questionnaire of this pack; one mapping serves all its versions.'),
      modules: mappings('By name of a module of this pack; it serves every questionnaire that includes it.'),
    },
  ),
  $defs: {
    codes: obj('Codes of a choice.', ['question', 'codes'], {
      question: question('A choice or multiChoice question.'),
      codes: arr('Codes of its list.', { type: 'string' }, { minItems: 1, uniqueItems: true }),
    }),
    mapping: obj('What the answers to one questionnaire or module say.', [], {
      entries: arr('Entries of the timeline.', entry),
      facts: arr(
        'Answers to be compared between interviews.',
        obj('One fact.', ['fact', 'question'], {
          fact: str('Its name; the same fact has the same name everywhere. birthDate is compared with the case, too.'),
          question: question('The question that asks for it.'),
          basis,
          exclusive: arr(
            'multiChoice: the codes that stand alone, such as none; only they contradict another answer.',
            { type: 'string' },
            { minItems: 1, uniqueItems: true },
          ),
        }),
      ),
    }),
  },
};
