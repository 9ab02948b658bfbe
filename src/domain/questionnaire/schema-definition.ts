/**
 * The four file schemas (JSON Schema 2020-12). They are written here once; `questionnaires/schema/*.schema.json`, which editors
 * read, are generated from them by `node questionnaires/schema/write.mjs` after a build, and a test refuses a stale one.
 */
import { PHASES, QUESTION_TYPES } from './format.js';

import { arr, D, head, obj, ref, str, $schema, type Properties } from './schema-terms.js';
import { calculation, check, pattern, spanSchema } from './schema-values.js';

const ID = '^[a-z][A-Za-z0-9]*(\\.[a-z][A-Za-z0-9]*)?$';
const M = 'module.schema.json#/$defs/';

const language = str('A BCP 47 language tag such as en, fr, rw or ar.', {
  pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$',
});
const translation = D('One translation: the words alone, or the words with the state of the translation.', {
  type: ['string', 'object'],
  minLength: 1,
  required: ['text', 'status'],
  additionalProperties: false,
  properties: {
    text: str('The words.'),
    status: D('draft: not yet checked by a speaker of the language; verified: checked.', {
      enum: ['draft', 'verified'],
    }),
    by: str('Who verified it: a function, not a private name.'),
  },
});
const text = D('The same text in several languages, by language tag; en is always there and is the fallback.', {
  type: 'object',
  required: ['en'],
  propertyNames: { pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' },
  additionalProperties: { $ref: '#/$defs/translation' },
});
const basis = D('Where a question comes from: a citation, or a source with whether somebody has seen it there.', {
  type: ['string', 'object'],
  minLength: 1,
  required: ['source', 'verified'],
  additionalProperties: false,
  properties: {
    source: str('The legal element or the publication, precise enough to find it.'),
    verified: D('True only when somebody has seen it in the source.', { type: 'boolean' }),
    url: str('Where the source can be read.', { format: 'uri' }),
  },
});
const literal = D('What a condition compares with: true/false, a number, a code, a reference id or an EDTF date.', {
  type: ['boolean', 'number', 'string'],
});
const whenRef = (d: string) => ref(d, '#/$defs/condition');
const ifUnclear = D('What an unclear condition does: open or closed. Always stated beside when.', {
  enum: ['open', 'closed'],
});
const gate = { when: whenRef('Open only while this holds. Refers to earlier questions only.'), ifUnclear };
const gateRule = { dependentRequired: { when: ['ifUnclear'], ifUnclear: ['when'] } };
const conds = (d: string) => arr(d, { $ref: '#/$defs/condition' }, { minItems: 1 });
const lits = (d: string) => arr(d, { $ref: '#/$defs/literal' }, { minItems: 1, uniqueItems: true });
const lit = (d: string) => ref(d, '#/$defs/literal');
const OTHER = { required: ['question'], additionalProperties: false } as const;
const otherQuestion = { question: str('The id of the other question: its answer is what this one is compared with.') };
const side = (d: string) =>
  D(`${d} Or {"question": id}: the answer to that question.`, {
    type: ['boolean', 'number', 'string', 'object'],
    properties: otherQuestion,
    ...OTHER,
  });
const dateSide = (d: string) =>
  D(`${d} Or {"question": id}: the answer to that question.`, {
    type: ['string', 'object'],
    minLength: 1,
    properties: otherQuestion,
    ...OTHER,
  });
const TRUE = (d: string) => D(d, { const: true });
const condition = obj(
  'A clause tree evaluated to yes, no or unclear. Exactly one of: all, any, none, condition, some, every, count, question. A question carries exactly one operator.',
  [],
  {
    all: conds('Yes when every clause is yes; no when one is no.'),
    any: conds('Yes when one clause is yes; no when every clause is no.'),
    none: conds('Yes when every clause is no; no when one is yes.'),
    condition: str('The name of a condition of this file.'),
    some: str('The id of a repeat: at least one item for which where holds. Unclear while no item is recorded.'),
    every: str('The id of a repeat: all recorded items, and there is at least one. Unclear while no item is recorded.'),
    count: str(
      'The id of a repeat: how many items there are for which where holds; with atLeast or atMost. Unclear while no item is recorded.',
    ),
    where: ref('The clause evaluated in each item of the repeat.', '#/$defs/condition'),
    question: str('The id of the question this clause looks at; with exactly one operator.'),
    is: side(
      'The answer is this: boolean (true/false), choice (code), number, integer, decimal, place, unit, rank, organisation, event (reference id).',
    ),
    isNot: side('The answer is something else. Unclear when there is no answer.'),
    isOneOf: lits('The answer is one of these: choice, number, reference types.'),
    contains: lit('multiChoice: this code is among the answers.'),
    containsAny: lits('multiChoice: at least one of these codes is among the answers.'),
    within: side(
      'choice, place, unit, organisation: the answer is this code or entry, or below it in its hierarchy. A unit is also within its organisation.',
    ),
    above: side('number: greater than; rank: more senior than this reference rank of the same organisation.'),
    below: side('number: less than; rank: more junior than this reference rank of the same organisation.'),
    atLeast: side('number: this or more; rank: this rank or more senior. With count: how many items at least.'),
    atMost: side('number: this or less; rank: this rank or more junior. With count: how many items at most.'),
    before: dateSide('date: wholly before this EDTF date.'),
    after: dateSide('date: wholly after this EDTF date.'),
    overlaps: dateSide('date: has at least one day in common with this EDTF date or period.'),
    answered: TRUE('A value was given.'),
    unknown: TRUE('The applicant does not know. Not allowed to raise an indicator.'),
    refused: TRUE('The applicant did not wish to answer. Not allowed to raise an indicator.'),
    notAsked: TRUE('Not asked, or not open. Not allowed to raise an indicator.'),
  },
  { minProperties: 1 },
);
const vocabulary = obj(
  'Which reference entries are offered first; others, and the words as said, stay possible.',
  [],
  {
    organisations: arr(
      'Reference organisations: entries that belong to one of them or to a part of it.',
      { type: 'string' },
      { minItems: 1 },
    ),
    kinds: arr('The kind of the entries.', { type: 'string' }, { minItems: 1 }),
    within: arr('Reference places: entries inside one of them.', { type: 'string' }, { minItems: 1 }),
  },
  { minProperties: 1 },
);
const checks = arr('What must hold beside other answers.', { $ref: '#/$defs/check' }, { minItems: 1 });
const questionProps = {
  id: str(
    'Stable name: letters and digits, beginning with a small letter; in a module prefixed by its name and a dot. Never reused for another question.',
    { pattern: ID },
  ),
  type: D(
    'What an answer is. verbatim keeps original and interpreted words; integer is a whole number, number the older word for decimal; date is EDTF, or as written in the Solar Hijri, Ethiopian or Islamic calendar; place, unit, rank, organisation and event take a reference entry or the words as said; person takes the parts of a name, relationship and role as said; document takes kind, number, date and issuer.',
    { enum: QUESTION_TYPES },
  ),
  text: ref(
    'The question as asked: open, not leading, one thing at a time. May pipe an earlier answer: {questionId|words to use when there is no answer}.',
    '#/$defs/text',
  ),
  note: ref('How to ask it; for the interviewer, never read out.', '#/$defs/text'),
  purpose: D('What the answer is for.', { enum: ['inclusion', 'exclusion', 'witness', 'identity'] }),
  basis: arr(
    'The legal element or country information the question rests on.',
    { $ref: '#/$defs/basis' },
    { minItems: 1 },
  ),
  list: str("choice and multiChoice: the name of a code list of this file. Codes are the officer's, never read out."),
  vocabulary: { $ref: '#/$defs/vocabulary' },
  min: D('number, integer, decimal: smallest allowed value; multiChoice: fewest codes.', { type: 'number' }),
  max: D('number, integer, decimal: greatest allowed value; multiChoice: most codes.', { type: 'number' }),
  integer: D('number: whole numbers only.', { type: 'boolean' }),
  pattern: ref('text: how the whole answer must be written, for document numbers and the like.', '#/$defs/pattern'),
  checks,
  calculate: ref(
    'number, integer, decimal, date, boolean: the value is worked out from earlier answers and nobody is asked. Conditions and texts use it like an answer.',
    '#/$defs/calculation',
  ),
  required: D('The interview is not complete while this is open and has neither a value nor a status.', {
    type: 'boolean',
  }),
  sensitive: D('Asked with care: torture, sexual violence, the dead.', { type: 'boolean' }),
  neverAskChild: D('Closed unless the applicant is certainly adult at the interview.', { type: 'boolean' }),
  ...gate,
  followUps: arr(
    'Questions open only while this one is open and their own on or when holds.',
    { $ref: '#/$defs/followUp' },
    { minItems: 1 },
  ),
};
const listRule = {
  if: { properties: { type: { enum: ['choice', 'multiChoice'] } }, required: ['type'] },
  then: { required: ['list'] },
};
const question = obj('One question.', ['id', 'type', 'text', 'purpose', 'basis'], questionProps, {
  ...gateRule,
  ...listRule,
});
const followUp = obj(
  "A question under another one. Without purpose and basis it has its parent's.",
  ['id', 'type', 'text'],
  {
    ...questionProps,
    on: D(
      'The parent\'s answer that opens it, or several: for boolean and choice "is", for multiChoice "contains". Short for when on the parent with ifUnclear closed.',
      {
        type: ['boolean', 'number', 'string', 'array'],
        items: { $ref: '#/$defs/literal' },
        minItems: 1,
      },
    ),
  },
  { ...gateRule, ...listRule, not: { required: ['on', 'when'] } },
);
const repeat = obj(
  'Questions asked once per item, such as postings, detentions or incidents. May stand in another repeat.',
  ['id', 'repeat', 'title', 'itemTitle', 'items'],
  {
    id: questionProps.id,
    repeat: TRUE('Marks a repeat.'),
    title: ref('Title of the whole.', '#/$defs/text'),
    itemTitle: ref('Title of one item.', '#/$defs/text'),
    min: D('How many items a complete interview has.', { type: 'integer', minimum: 0 }),
    max: D('At most this many items (100 when not said).', { type: 'integer', minimum: 1, maximum: 1000 }),
    checks,
    ...gate,
    items: arr('What is asked per item.', { $ref: '#/$defs/item' }, { minItems: 1 }),
  },
  gateRule,
);
const item = D('A question, or a repeat (with "repeat": true).', {
  type: 'object',
  if: { required: ['repeat'] },
  then: { $ref: '#/$defs/repeat' },
  else: { $ref: '#/$defs/question' },
});
const section = obj(
  'A part of the interview.',
  ['id', 'title', 'phase', 'items'],
  {
    id: questionProps.id,
    title: ref('Title on screen and in the record.', '#/$defs/text'),
    note: ref('How to conduct this section; for the interviewer, never read out.', '#/$defs/text'),
    phase: D(
      "Sections are asked phase by phase in this order; inside a phase the questionnaire's own come first, then its modules'.",
      { enum: PHASES },
    ),
    ...gate,
    items: arr('Questions and repeats in the order asked.', { $ref: '#/$defs/item' }, { minItems: 1 }),
  },
  gateRule,
);
const code = obj('One code of a list.', ['code', 'text'], {
  code: str('Stable name of the code.', { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }),
  text: ref('What it means, for the officer.', '#/$defs/text'),
  parent: str('The code above it in the same list; within follows it.'),
  exclusive: D('multiChoice: stands alone, as "none of these" does.', { type: 'boolean' }),
});
const indicator = obj(
  'A rule over facts in the answers. It decides nothing, and silence never raises it.',
  ['id', 'when', 'ifUnclear', 'severity', 'ground', 'reason', 'innocent'],
  {
    id: questionProps.id,
    when: whenRef('Raised when this holds. May look at any question.'),
    ifUnclear: D(
      'raise: also when an answer that was given leaves it open, never because something was not said; silent: only when certain.',
      { enum: ['raise', 'silent'] },
    ),
    severity: D('How much it weighs for opening an examination.', { enum: ['low', 'medium', 'high'] }),
    ground: D('The ground it points to; seriousCrimeSP is the provision on serious crimes for subsidiary protection.', {
      enum: ['1F(a)', '1F(b)', '1F(c)', 'seriousCrimeSP'],
    }),
    reason: ref('Why, built from answers: {questionId|words to use when there is no answer}.', '#/$defs/text'),
    innocent: arr('What would explain it innocently.', { $ref: '#/$defs/text' }, { minItems: 1 }),
    next: arr('Questions to ask next.', { type: 'string' }),
    age: arr(
      'Number questions, asked or calculated, that say how old the applicant was at the act. Below the age of criminal responsibility the indicator is not raised, and a note says that what was told may be the account of a victim. An uncertain age is read as the youngest it may be.',
      { type: 'string' },
      { minItems: 1, uniqueItems: true },
    ),
    replaces: arr(
      'Indicators about the same conduct, of the same ground and no higher severity: while this one stands they do not stand beside it.',
      { type: 'string' },
      { minItems: 1, uniqueItems: true },
    ),
  },
);
const body = (q: string): Properties => ({
  format: D('Version of the file format.', { const: 1 }),
  version: D('Version of this file; a published version never changes.', { type: 'integer', minimum: 1 }),
  title: ref('Title on screen and in the record.', q + 'text'),
  languages: arr(
    'Languages this file is written in; en among them.',
    { $ref: q + 'language' },
    { minItems: 1, uniqueItems: true, contains: { const: 'en' } },
  ),
  lists: D('Code lists by name.', {
    type: 'object',
    propertyNames: { pattern: '^[a-z][A-Za-z0-9]*$' },
    additionalProperties: arr('The codes of one list.', { $ref: q + 'code' }, { minItems: 1 }),
  }),
  conditions: D('Named conditions, reused by {"condition": name} in this file.', {
    type: 'object',
    propertyNames: { pattern: ID },
    additionalProperties: { $ref: q + 'condition' },
  }),
  sections: arr('The parts of the interview.', { $ref: q + 'section' }, { minItems: 1 }),
  indicators: arr('Rules over the answers.', { $ref: q + 'indicator' }),
});

export const moduleSchema = {
  ...head('module.schema.json', 'Module'),
  ...obj(
    "Sections that any questionnaire may include. Every id and condition name begins with the module's name and a dot, and the module refers only to its own questions.",
    ['format', 'module', 'version', 'title', 'languages', 'sections'],
    {
      $schema,
      module: str('Stable name and prefix of every id, for example militaryService.', {
        pattern: '^[a-z][A-Za-z0-9]*$',
      }),
      ...body('#/$defs/'),
    },
  ),
  $defs: {
    language,
    translation,
    text,
    basis,
    literal,
    condition,
    vocabulary,
    question,
    followUp,
    repeat,
    item,
    section,
    code,
    indicator,
    check,
    pattern,
    calculation,
    span: spanSchema,
  },
};

export const questionnaireSchema = {
  ...head('questionnaire.schema.json', 'Questionnaire'),
  ...obj('What one interview asks.', ['format', 'id', 'version', 'purpose', 'title', 'languages', 'sections'], {
    $schema,
    id: str('Stable name, for example RW-screening; a new version keeps it.', { pattern: '^[A-Za-z][A-Za-z0-9-]*$' }),
    purpose: D(
      'screening: identification of potential exclusion cases; exclusion: the focused interview; witness: an account by a witness or victim.',
      { enum: ['screening', 'exclusion', 'witness'] },
    ),
    includes: arr(
      'Modules this questionnaire includes.',
      D('A module file relative to questionnaires/, or one with the condition under which its sections open.', {
        type: ['string', 'object'],
        required: ['module', 'when', 'ifUnclear'],
        additionalProperties: false,
        properties: {
          module: str(
            'Path of the module file relative to questionnaires/, for example base/modules/militaryService.v1.json.',
          ),
          when: ref(
            'Its sections are open only while this holds; looks at questions asked before them.',
            M + 'condition',
          ),
          ifUnclear,
        },
      }),
    ),
    ...body(M),
  }),
};

export const packSchema = {
  ...head('pack.schema.json', 'Pack'),
  ...obj(
    "All of one country's questionnaires and its reference data.",
    ['format', 'pack', 'title', 'countries', 'languages', 'questionnaires', 'reference'],
    {
      $schema,
      format: D('Version of the file format.', { const: 1 }),
      pack: str('Short name, the name of its folder.', { pattern: '^[A-Za-z][A-Za-z0-9-]*$' }),
      title: ref('Title on screen.', M + 'text'),
      countries: arr(
        'ISO 3166-1 alpha-2 codes, XK, or stateless. Empty only in the pack base.',
        { type: 'string', pattern: '^([A-Z]{2}|stateless)$' },
        { uniqueItems: true },
      ),
      languages: arr(
        'Languages the pack is written in; en among them.',
        { $ref: M + 'language' },
        { minItems: 1, uniqueItems: true, contains: { const: 'en' } },
      ),
      questionnaires: arr(
        "Questionnaire files relative to the pack's folder.",
        { type: 'string', pattern: '\\.json$' },
        { minItems: 1, uniqueItems: true },
      ),
      reference: str("The reference file relative to the pack's folder.", { pattern: '\\.json$' }),
    },
  ),
};

export { referenceSchema } from './schema-reference.js';
