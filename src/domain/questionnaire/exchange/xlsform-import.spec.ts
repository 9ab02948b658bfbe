import { describe, expect, it } from '@jest/globals';
import { compilePack } from '../pack.js';
import type { Question, Repeat } from '../format.js';
import { answer, start, type AnswerInput, type Session } from '../session.js';
import { view } from '../view.js';
import { importXlsForm } from './xlsform-import.js';

const SURVEY = [
  ['type', 'name', 'label::English (en)', 'label::French (fr)', 'hint', 'required', 'relevant', 'constraint', 'constraint_message', 'calculation', 'choice_filter', 'appearance', 'repeat_count'],
  ['start', 'start', '', '', '', '', '', '', '', '', '', '', ''],
  ['integer', 'age', 'How old are you?', 'Quel âge avez-vous ?', 'Do not guess', 'yes', '', '. >= 0 and . < 120', 'Check it', '', '', '', ''],
  ['begin_group', 'service', 'Service', 'Service', '', '', '${age} >= 15', '', '', '', '', '', ''],
  ['select_one yes_no', 'has_served', 'Did you serve?', '', '', '', '', '', '', '', '', 'minimal', ''],
  ['select_one province', 'province', 'In which province?', '', '', '', "${has_served} = 'yes'", '', '', '', '', '', ''],
  ['select_one district', 'district', 'In which district?', '', '', '', '', '', '', '', 'province=${province}', '', ''],
  ['select_multiple duty', 'duties', 'What did you do?', '', '', '', "${has_served} != 'no' and ${age} > 10", 'count-selected(.) <= 2', '', '', '', '', ''],
  ['text', 'number', 'Your number, ${has_served}?', '', '', '', "selected(${duties}, 'guard') or not(selected(${duties}, 'cook'))", "regex(., '^[A-Z]{2}[0-9]{4}$')", 'Two letters, four digits', '', '', '', ''],
  ['text', 'unusable', 'Anything else?', '', '', '', "contains(${number}, 'AB')", '', '', '', '', '', ''],
  ['end_group', '', '', '', '', '', '', '', '', '', '', '', ''],
  ['begin_repeat', 'posting', 'Postings', '', '', '', '', '', '', '', '', '', ''],
  ['date', 'from', 'From when?', '', '', '', '', '', '', '', '', '', ''],
  ['date', 'to', 'Until when?', '', '', '', '', '. >= ${from}', 'The end is before the beginning', '', '', '', ''],
  ['calculate', 'days', '', '', '', '', '', '', '', '${to} - ${from}', '', '', ''],
  ['text', 'late', 'Why so late?', '', '', '', "${from} > date('2000-01-01')", '', '', '', '', '', ''],
  ['end_repeat', '', '', '', '', '', '', '', '', '', '', '', ''],
  ['calculate', 'label_of', '', '', '', '', '', '', '', "concat(${number}, 'x')", '', '', ''],
  ['integer', 'many', 'Which was the longest?', '', '', '', 'count(${posting}) > 1', '', '', '', '', '', ''],
]; // prettier-ignore
const CHOICES = [
  ['list_name', 'name', 'label::English (en)', 'province', 'image'],
  ['yes_no', 'yes', 'Yes', '', ''],
  ['yes_no', 'no', 'No', '', 'no.png'],
  ['province', 'north', 'North', '', ''],
  ['province', 'south', 'South', '', ''],
  ['district', 'n1', 'North one', 'north', ''],
  ['district', 'n2', 'North two', 'north', ''],
  ['district', 's1', 'South one', 'south', ''],
  ['duty', 'guard', 'Guarding', '', ''],
  ['duty', 'cook', 'Cooking', '', ''],
];
const SETTINGS = [
  ['form_title', 'form_id', 'version', 'style'],
  ['Invented form', 'invented_form', '2024010100', 'pages'],
];
const sheets = [
  { name: 'survey', rows: SURVEY },
  { name: 'choices', rows: CHOICES },
  { name: 'settings', rows: SETTINGS },
  { name: 'notes', rows: [['to do'], ['ask Alba Invented']] },
];
const draft = importXlsForm(sheets, { pack: 'invented', country: 'RW' });

const plan = (() => {
  const result = compilePack('invented', [
    { file: 'invented/pack.json', content: draft.pack },
    { file: `invented/${draft.file}`, content: draft.questionnaire },
    { file: 'invented/reference.json', content: draft.reference },
  ]);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.plans[0]!;
})();

const play = (...answers: AnswerInput[]): Session =>
  answers.reduce(
    (session, input) => {
      const taken = answer(session, input);
      if (!taken.ok) throw new Error(taken.message);
      return taken.session;
    },
    start(plan, { child: 'no', language: 'en' }),
  );
const open = (session: Session): string[] =>
  view(session).sections.flatMap(({ items }) =>
    items.flatMap((item) => (item.kind === 'question' && item.open ? [item.id] : [])),
  );
const item = (id: string) =>
  draft.questionnaire.sections.flatMap(({ items }) => items).find((one) => one.id === id) as Question;

describe('an XLSForm imported as a draft pack', () => {
  it('accounts for every filled cell: in the draft, or listed with what to do', () => {
    const filled = (rows: string[][]) =>
      rows
        .slice(1)
        .flat()
        .filter((text) => text !== '').length;
    const { total, mapped, listed } = draft.report;
    expect(total).toBe(filled(SURVEY) + filled(CHOICES) + filled(SETTINGS) + 2);
    expect(mapped + listed.length).toBe(total);
    expect(listed.map(({ sheet, row, column }) => `${sheet} ${row} ${column}`).sort()).toEqual(
      [
        'survey 2 type', 'survey 2 name', 'survey 3 constraint_message', 'survey 5 appearance', 'survey 10 relevant',
        'survey 18 type', 'survey 18 name', 'survey 18 calculation', 'choices 3 image', 'settings 2 style', 'notes 1 A', 'notes 2 A',
      ].sort(), // prettier-ignore
    );
    for (const { todo } of listed) expect(todo).not.toBe('');
    expect(listed.find(({ row, column }) => row === 10 && column === 'relevant')).toEqual({
      sheet: 'survey',
      row: 10,
      column: 'relevant',
      expression: "contains(${number}, 'AB')",
      todo: 'there is no clause for contains(); write the condition with the operators of the format',
    });
  });

  it('keeps types, texts in their languages, hints, bounds and patterns', () => {
    expect(item('age')).toMatchObject({
      type: 'integer',
      text: { en: 'How old are you?', fr: 'Quel âge avez-vous ?' },
      note: { en: 'Do not guess' },
      required: true,
      min: 0,
      max: 119,
    });
    expect(item('duties')).toMatchObject({ type: 'multiChoice', list: 'duty', max: 2 });
    expect(item('number')).toMatchObject({
      pattern: { matches: '[A-Z]{2}[0-9]{4}' },
      text: { en: 'Your number, {hasServed|no answer}?' },
    });
    expect(draft.questionnaire).toMatchObject({
      id: 'inventedForm',
      version: 2024010100,
      title: { en: 'Invented form' },
    });
    expect(draft.report.renamed).toContainEqual({ from: 'has_served', to: 'hasServed' });
  });

  it('keeps repeats with calculations, checks and conditions inside an item', () => {
    const { items } = item('posting') as unknown as Repeat;
    expect(items).toMatchObject([
      { id: 'from', type: 'date' },
      { id: 'to', checks: [{ must: { none: [{ question: 'to', before: { question: 'from' } }] }, severity: 'error' }] },
      { id: 'days', type: 'integer', calculate: { days: { from: { answer: 'from' }, to: { answer: 'to' } } } },
      { id: 'late', when: { question: 'from', after: '2000-01-01' }, ifUnclear: 'closed' },
    ]);
  });

  it('asks what the form asks, also where XPath takes a missing answer for different', () => {
    expect(open(play())).toEqual(['age']);
    const adult: AnswerInput = { questionId: 'age', value: 20 };
    expect(open(play(adult))).toEqual(['age', 'hasServed', 'district', 'duties', 'number', 'unusable']);
    expect(open(play(adult, { questionId: 'hasServed', value: 'no' }))).not.toContain('duties');
    expect(open(play(adult, { questionId: 'duties', value: ['cook'] }))).not.toContain('number');
    const posting = (number: number): AnswerInput => ({ questionId: 'from', item: number, value: '1994-04-01' });
    expect(open(play(posting(0)))).not.toContain('many');
    expect(open(play(posting(0), posting(1)))).toContain('many');
  });

  it('holds choices to their filter', () => {
    const before = play(
      { questionId: 'age', value: 20 },
      { questionId: 'hasServed', value: 'yes' },
      { questionId: 'province', value: 'north' },
    );
    expect(answer(before, { questionId: 'district', value: 'n2' })).toMatchObject({ ok: true });
    expect(answer(before, { questionId: 'district', value: 's1' })).toMatchObject({ ok: false, code: 'checkFailed' });
  });
});
