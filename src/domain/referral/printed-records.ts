import type { Content } from './file.js';
import type { Block, Line } from './printed-blocks.js';
import type { Reading } from './printed-reading.js';
import { instantInWords, isNothing, isObject, isScalar, labelOf } from './printed-values.js';

/** Blocks for a list that reads better than member by member; undefined for any other list. */
export function recordOf(key: string, value: unknown, reading: Reading): Block[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isObject)) return undefined;
  const all = (...keys: readonly string[]): boolean => value.every((one) => keys.every((name) => name in one));
  if (key === 'answers' && all('questionId', 'inWords', 'question', 'recordedAt')) return answers(value, reading);
  if (key === 'elements' && all('label', 'finding', 'evidence')) return [elements(value, reading)];
  if (key === 'indicators' && all('indicatorId', 'raisedFrom', 'because')) return indicators(value, reading);
  if (key === 'entries' && all('possible', 'answers', 'kind')) return [timeline(value, reading)];
  return undefined;
}

const list = (value: unknown): Content[] => (Array.isArray(value) ? value.filter(isObject) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const WORDS = ['original', 'originalLanguage', 'interpreted', 'interpreterUnsure'];
const OF_ANSWER = [
  ...['id', 'questionId', 'item', 'question', 'revision', 'correctionOf', 'inForce', 'concurrent', 'recordedAt'],
  ...['status', 'value', 'inWords', 'labels', 'words', 'translations'],
];

/** The record: one row for each revision, those of a question beneath each other, the last one in force. */
function answers(all: readonly Content[], reading: Reading): Block[] {
  const numbered = all.map((answer) => ({ answer, number: numberIn(reading, answer) }));
  const sorted = [...new Set(numbered.map(({ number }) => number))].flatMap((number) =>
    numbered.filter((one) => one.number === number),
  );
  let day = '';
  const rows = sorted.map(({ answer, number }) => {
    const at = instantInWords(text(answer['recordedAt'])) ?? text(answer['recordedAt']);
    const [date = '', time = ''] = at.split(', ');
    const newDay = date === day ? [] : [reading.line(null, date)];
    day = date;
    const question = text(answer['question']) || text(answer['questionId']);
    const item = text(answer['item']);
    return [
      [reading.line(null, `${number} · ${time.replace(' (UTC)', '')}`), ...newDay, ...standingOf(answer, reading)],
      [reading.line(null, item === '' ? question : `${question} [item ${itemInWords(item)}]`)],
      [...saidIn(answer, reading), ...reading.rest(answer, OF_ANSWER)],
    ];
  });
  const columns = [
    { label: 'No. · time (UTC)', wide: false },
    { label: 'Question', wide: true },
    { label: 'Answer (in force unless marked)', wide: true },
  ];
  return [{ type: 'table', label: null, columns, rows }];
}

const numberIn = (reading: Reading, { id }: Content): string =>
  /(\d+)$/.exec(reading.references.nameOf(text(id)) ?? '')?.[1] ?? '–';

/** Items are counted from 1 by people. */
const itemInWords = (item: string): string =>
  item
    .split('.')
    .map((one) => (/^\d+$/.test(one) ? String(Number(one) + 1) : one))
    .join('.');

function standingOf({ revision, inForce, concurrent }: Content, reading: Reading): Line[] {
  const said = [
    ...(revision === 1 ? [] : [`revision ${String(revision)}`]),
    ...(inForce === false ? ['replaced'] : []),
    ...(concurrent === true ? ['concurrent'] : []),
  ];
  return said.map((one) => reading.line(null, one));
}

function saidIn(answer: Content, reading: Reading): Line[] {
  const inWords = text(answer['inWords']);
  const words = isObject(answer['words']) ? answer['words'] : {};
  const kept = [words['original'], words['interpreted']].filter((one) => !isNothing(one));
  for (const { code, text: stands } of list(answer['labels'])) reading.codes.set(String(code), String(stands));
  const lines = [
    ...(isNothing(answer['status']) ? [] : [reading.line('No answer', labelOf(text(answer['status'])))]),
    ...(inWords === '' || kept.includes(inWords) ? [] : [reading.line(null, reading.scalar('inWords', inWords))]),
    ...wordsAsSaid(words, reading),
    ...list(answer['translations']).map((one) =>
      reading.line(`Translation (${reading.inline('', { ...one, text: null })})`, text(one['text'])),
    ),
  ];
  const shown = [inWords, ...kept, ...list(answer['labels']).map(({ code }) => code)];
  const hidden = leavesOf(answer['value']).some((leaf) => !shown.includes(leaf) && typeof leaf !== 'boolean');
  return hidden ? [...lines, reading.line('Recorded as', reading.inline('value', answer['value']))] : lines;
}

const leavesOf = (value: unknown): unknown[] =>
  isNothing(value) ? [] : isScalar(value) ? [value] : Object.values(value as object).flatMap(leavesOf);

function wordsAsSaid(words: Content, reading: Reading): Line[] {
  const { original, originalLanguage, interpreted, interpreterUnsure } = words;
  const language = isNothing(originalLanguage) ? '' : ` (${reading.inline('language', originalLanguage)})`;
  return [
    ...(isNothing(original) ? [] : [reading.line(`As spoken${language}`, text(original))]),
    ...(isNothing(interpreted) ? [] : [reading.line('Interpreted', text(interpreted))]),
    ...(interpreterUnsure === true ? [reading.line(null, 'The interpreter was not sure of the meaning.')] : []),
    ...reading.rest(words, WORDS),
  ];
}

const OF_ELEMENT = ['label', 'question', 'legalSource', 'finding', 'reasons', 'evidence', 'role', 'element'];

/** The element matrix: what had to be found and by which law, what was found, and why. */
function elements(all: readonly Content[], reading: Reading): Block {
  const rows = all.map((one) => {
    const code = text(one['element']);
    const evidence = list(one['evidence']).map((source) => sourceInWords(source, reading));
    const named = ['question', 'legalSource'].filter((key) => !isNothing(one[key]));
    return [
      [
        reading.line(text(one['label']), text(one['role']) === '' ? '' : `(${text(one['role'])})`),
        ...named.map((key) => reading.line(null, text(one[key]))),
        ...(labelOf(code) === text(one['label']) ? [] : [reading.line('Code', code)]),
      ],
      [reading.line(null, reading.inline('finding', one['finding']))],
      [
        ...(isNothing(one['reasons']) ? [] : [reading.line(null, text(one['reasons']))]),
        ...(evidence.length === 0 ? [] : [reading.line('Evidence', evidence.join('; '))]),
        ...reading.rest(one, OF_ELEMENT),
      ],
    ];
  });
  const columns = [
    { label: 'Element', wide: true },
    { label: 'Finding', wide: false },
    { label: 'Why', wide: true },
  ];
  return { type: 'table', label: null, columns, rows };
}

/** "Interview 2, question 14"; a source that is no part of the package as it is cited. */
export function sourceInWords(source: Content, reading: Reading): string {
  const { sourceKind, sourceRef, ...rest } = source;
  const cited = text(sourceRef);
  const named = reading.references.cited(cited) ?? `${reading.inline('sourceKind', sourceKind)}: ${cited}`;
  const more = reading.inline('', rest);
  return more === '' ? named : `${named} (${more})`;
}

const OF_INDICATOR = [
  ...['id', 'indicatorId', 'interviewId', 'item', 'severity', 'ground', 'raisedAt', 'certainty', 'reason', 'because'],
  ...['raisedFrom', 'innocent'],
];

/** Each rule that fired under its title, with what raised it and what would explain it innocently. */
function indicators(all: readonly Content[], reading: Reading): Block[] {
  return all.flatMap((one): Block[] => {
    const name = reading.references.nameOf(text(one['id'])) ?? 'Indicator';
    const item = text(one['item']) === '' ? '' : `, item ${itemInWords(text(one['item']))}`;
    const facts = ['ground', 'severity', 'certainty'].map((key) => [key, reading.inline(key, one[key])] as const);
    const told = facts.map(([key, said]) => (key === 'ground' ? said : `${labelOf(key).toLowerCase()} ${said}`));
    const where = `${reading.inline('interviewId', one['interviewId'])}, ${reading.inline('raisedAt', one['raisedAt'])}`;
    const raisedFrom = list(one['raisedFrom']).map((from) => raisedBy(one, from, reading));
    const because = list(one['because']).map(
      (clause) => `${reading.inline('sentence', clause['sentence'])}: ${reading.inline('outcome', clause['outcome'])}`,
    );
    return [
      { type: 'heading', level: 3, words: reading.words(`${name}: ${titleOf(text(one['indicatorId']))}${item}`) },
      {
        type: 'lines',
        lines: [
          reading.line(null, `${[...told, where].join(' · ')}`),
          ...(isNothing(one['reason']) ? [] : [reading.line(null, reading.inline('reason', one['reason']))]),
          ...(because.length === 0 ? [] : [reading.line('Because', because.join('; '))]),
          ...(raisedFrom.length === 0 ? [] : [reading.line('Raised from', raisedFrom.join('; '))]),
          ...(isNothing(one['innocent'])
            ? []
            : [reading.line('What would explain it innocently', (one['innocent'] as string[]).join(' '))]),
          ...reading.rest(one, OF_INDICATOR),
        ],
      },
    ];
  });
}

/** `commandResponsibility.omission` as "Command responsibility: omission". */
const titleOf = (indicatorId: string): string => {
  const [first = '', ...more] = indicatorId.split('.').map(labelOf);
  return [first, ...more.map((one) => one.charAt(0).toLowerCase() + one.slice(1))].join(': ');
};

/** The answer by its number in the record, where its question and its words stand. */
function raisedBy({ interviewId }: Content, from: Content, reading: Reading): string {
  const { answerId, questionId: _, item: __, question: ___, inWords, ...rest } = from;
  const place = reading.references.nameOf(text(answerId)) ?? reading.questionOf({ ...from, interviewId });
  const said = isNothing(inWords) ? '' : ` (“${clipped(reading.inline('inWords', inWords), 80)}”)`;
  const more = reading.inline('', rest);
  return `${place}${said}${more === '' ? '' : ` (${more})`}`;
}

/** So much of a text as fits on few lines, with a mark where it goes on. */
export function clipped(said: string, most: number): string {
  const flat = Array.from(said.replace(/\s+/g, ' ').trim());
  return flat.length <= most
    ? flat.join('')
    : `${flat
        .slice(0, most - 2)
        .join('')
        .trimEnd()} …`;
}

const OF_ENTRY = ['id', 'interviewId', 'kind', 'basis', 'possible', 'certain', 'answers', 'act', 'child'];

/** The account in the order of time: when it may and when it certainly was, what, and in which answers. */
function timeline(all: readonly Content[], reading: Reading): Block {
  const span = (value: unknown): string =>
    isObject(value) ? `${reading.inline('from', value['from'])} to ${reading.inline('to', value['to'])}` : '';
  const rows = all.map((one) => {
    const { possible, certain } = one;
    const own = one['act'] === true ? ', own act told' : '';
    const child = one['child'] === 'no' ? '' : `, a child then: ${text(one['child'])}`;
    return [
      [
        reading.line(null, span(possible) || 'no time told'),
        ...(isNothing(certain) ? [] : [reading.line('Certainly', span(certain))]),
      ],
      [
        reading.line(null, `${labelOf(text(one['kind']))} (${text(one['basis'])}${own}${child})`),
        ...reading.rest(one, OF_ENTRY),
      ],
      list(one['answers']).map((cited) => reading.line(null, reading.inline('', cited))),
    ];
  });
  const columns = [
    { label: 'When (the days it may cover)', wide: true },
    { label: 'What', wide: true },
    { label: 'Told in', wide: true },
  ];
  return { type: 'table', label: null, columns, rows };
}
