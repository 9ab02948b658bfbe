import { ROLES } from './scenario/scenario.js';
import { arr, D, head, obj, str, $schema } from './schema-terms.js';

const ids = (d: string) => arr(d, { type: 'string', minLength: 1 }, { minItems: 1, uniqueItems: true });

const expectations = obj('What comes out of it; at least one of these is stated.', [], {
  open: ids('Questions that are open. One in a repeat is open when it is in any item.'),
  closed: ids('Questions that are closed. One in a repeat is closed when it is in every item.'),
  indicators: arr(
    'Exactly these indicators are raised; an empty list means none.',
    { type: 'string' },
    { uniqueItems: true },
  ),
  raised: ids('At least these indicators are raised.'),
  silent: ids('None of these indicators is raised.'),
  noSeverity: arr(
    'No raised indicator has one of these severities.',
    { enum: ['low', 'medium', 'high'] },
    { minItems: 1, uniqueItems: true },
  ),
  askedAtMost: D('With play "rest": no more questions than this are asked.', { type: 'integer', minimum: 0 }),
});

const scenario = obj('One account, and what the questionnaire makes of it.', ['id', 'title', 'role', 'expect'], {
  id: str('Unique in the file.', { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }),
  title: str('Who it is about, in a sentence; invented and obviously so.'),
  role: D(
    'What it proves. firing raises one indicator; innocentTwin leaves the indicator named in twinOf silent; the others are whole accounts.',
    { enum: ROLES },
  ),
  twinOf: str('innocentTwin only: the indicator it leaves silent.'),
  from: str('Another scenario of this file, whose answers are taken first.'),
  applicant: obj('Who is interviewed.', ['child'], {
    child: D('Whether the applicant is a child at the interview; no when not stated.', {
      enum: ['no', 'yes', 'unclear'],
    }),
  }),
  answers: D(
    'By question the value as the API takes it, or {"status": "unknown" | "refused" | "notAsked"}; by repeat a list with one such object per item; null takes away an answer that "from" brought.',
    { type: 'object' },
  ),
  play: D(
    'asGiven (when not stated): only these answers are recorded, asked or not. rest: the whole interview is played in order, what is open and not in answers is answered "unknown", and every answer must have been asked.',
    { enum: ['asGiven', 'rest'] },
  ),
  expect: expectations,
});

export const scenarioSchema = {
  ...head('scenario.schema.json', 'Scenarios'),
  ...obj(
    'Scenarios of one questionnaire: answers in, expected open questions and indicators out. Never part of its hash.',
    ['format', 'questionnaire', 'scenarios'],
    {
      $schema,
      format: D('Version of the file format.', { const: 1 }),
      questionnaire: str('Id of the questionnaire; of several versions in the pack the newest is meant.'),
      scenarios: arr('The scenarios.', scenario, { minItems: 1 }),
    },
  ),
};
