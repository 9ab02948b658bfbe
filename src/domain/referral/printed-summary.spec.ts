import { describe, expect, it } from '@jest/globals';
import {
  aFile,
  anAllegation,
  anAnswer,
  anInterview,
  aPackageInput,
  AT,
  id,
} from '../../../test/factories/package-file.js';
import type { Block } from './printed-blocks.js';
import { referralPackage } from './package.js';
import { type Printed, printedPackage } from './printed-package.js';
import type { CaseFile, Content } from './file.js';

const hash = (): string => 'f'.repeat(64);
const packageOf = (about: Partial<CaseFile>): Content => referralPackage(aPackageInput(aFile(about)), hash);
const print = (about: Partial<CaseFile>): Printed => printedPackage(packageOf(about), () => true);

/** Lines as `label: words`, by the heading they stand beneath. */
function sections(blocks: readonly Block[]): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  let lines: string[] = [];
  for (const block of blocks) {
    if (block.type === 'heading') found.set(block.words.text, (lines = []));
    else if (block.type === 'lines')
      lines.push(...block.lines.map(({ label, words }) => (label === null ? words.text : `${label}: ${words.text}`)));
  }
  return found;
}

const interviewed = {
  interviews: [
    anInterview({ id: id(20), purpose: 'screening', answers: [anAnswer({ id: id(30) })] }),
    anInterview({
      answers: [
        anAnswer({
          id: id(34),
          questionId: 'born',
          inWords: '1994-04-07',
          labels: [],
          content: { value: '1994-04-07' },
        }),
        anAnswer(),
        anAnswer({ id: id(35), revision: 2, content: { value: 'home' } }),
      ],
    }),
  ],
};

describe('the summary of a package', () => {
  it('gives what speaks for the person a section of its own beside what is alleged', () => {
    const allegations = [anAllegation({ content: { act: { summary: 'an invented act', when: '1994-04' } } })];
    const { summary } = print({ allegations, submissions: [] });
    expect([...sections(summary).keys()]).toEqual([
      'Summary',
      'Decision',
      'What is alleged',
      'What speaks for the person',
      'Whereabouts and deadlines',
      'What is missing',
      'Limits of handling',
    ]);
    expect(sections(summary).get('What is alleged')).toEqual([
      'Allegation 1: Genocide (1F(a), refugee status): stands',
      'When: April 1994',
      'Act: an invented act',
      expect.stringMatching(/^Elements: met: Act, /),
    ]);
  });

  it('says in words that the file holds nothing that speaks for the person', () => {
    const { summary } = print({ allegations: [anAllegation({ content: {}, elements: [] })] });
    expect(sections(summary).get('What speaks for the person')).toEqual([
      'The file holds nothing that was recorded as speaking for the person.',
    ]);
  });

  it('tells findings on elements in one line and what speaks for the person in the words of the assessment', () => {
    const { elements } = anAllegation();
    const some = elements.map((one) => (one.element === 'act' ? { ...one, finding: 'unclear' as const } : one));
    const found = sections(print({ allegations: [anAllegation({ elements: some })] }).summary);
    expect(found.get('What is alleged')).toContainEqual(expect.stringMatching(/^Elements: unclear: Act; met: /));
    expect(found.get('What speaks for the person')).toEqual(
      expect.arrayContaining(['Assessed, Allegation 1: was threatened', 'Allegation 1: Act: unclear']),
    );
  });

  it('says who decided what when, and where the person is', () => {
    const found = sections(print({}).summary);
    expect(found.get('Decision')).toContain(
      'Decided: 1 February 2026, 00:00 (UTC) · By: Invented Decider, central, Belgium (BE)',
    );
    expect(found.get('Whereabouts and deadlines')).toContain('Whereabouts: present');
  });

  it('stays short however much a package holds, and counts what it leaves to the parts', () => {
    const long = 'Somewhere else.\n'.repeat(500);
    const allegations = Array.from({ length: 30 }, (_, at) =>
      anAllegation({ id: id(100 + at), content: { act: { summary: long }, exculpatory: { assessment: long } } }),
    );
    const lines = [...sections(print({ allegations }).summary).values()].flat();
    expect(lines).toContain('And 26 more allegations: see below.');
    const printedLines = lines.reduce((sum, line) => sum + Math.ceil(line.length / 95), 0);
    expect(printedLines).toBeLessThan(80);
  });

  it('is left out of a correction, which is shorter', () => {
    const content = { kind: 'correction', correction: { reason: 'quashed' }, manifest: { parts: { correction: 'h' } } };
    expect(printedPackage(content, () => true).summary).toEqual([]);
  });
});

const set = (printed: Printed): string => JSON.stringify([printed.summary, printed.parts]);
const annex = ({ annex: blocks }: Printed): string[][] =>
  blocks.flatMap((block) => (block.type === 'index' ? block.rows.map((row) => [...row]) : []));

describe('references on paper', () => {
  it('name interviews and questions by their numbers, revisions by the number of their question', () => {
    const printed = print(interviewed);
    expect(set(printed)).toContain('"Interview 2, question 2"');
    expect(set(printed)).toContain('Interview 1: screening, 1 January 2026');
    expect(annex(printed)).toEqual(
      expect.arrayContaining([
        ['1.1', 'where', id(30)],
        ['2.2', 'where', id(31)],
        ['2.2', 'where', id(35)],
      ]),
    );
  });

  it('leave every id and hash to the annex, where it stands once', () => {
    const document = {
      id: id(51),
      sha256: 'd'.repeat(64),
      bytes: 3,
      mediaType: 'text/plain',
      addedAt: AT,
      content: {},
    };
    const printed = print({ ...interviewed, documents: [document] });
    const ids = annex(printed).map((row) => (row.length === 3 && /^0{8}/.test(row[2]!) ? row[2]! : row[1]!));
    for (const n of [11, 20, 21, 30, 31, 34, 35, 51, 2]) {
      expect(set(printed)).not.toContain(id(n));
      expect(ids.filter((one) => one === id(n))).toHaveLength(1);
    }
    expect(annex(printed)).toContainEqual(['Document 1', id(51), 'd'.repeat(64)]);
  });

  it('leave a citation that is no part of the package as it is', () => {
    const evidence = [{ element: 'act', sourceKind: 'document' as const, sourceRef: id(77), exculpatory: false }];
    expect(set(print({ allegations: [anAllegation({ evidence })] }))).toContain(`document: ${id(77)}`);
  });
});

describe('the record on paper', () => {
  it('says dates in words, and the code of an answer in the annex', () => {
    const printed = print(interviewed);
    expect(set(printed)).toContain('"7 April 1994"');
    expect(annex(printed)).toContainEqual(['home', 'At home']);
  });

  it('shows what was recorded where the words do not say it', () => {
    const answers = [
      anAnswer({ labels: [], inWords: 'Captain', content: { value: { ref: 'captain-2', said: 'Captain' } } }),
    ];
    expect(set(print({ interviews: [anInterview({ answers })] }))).toContain('Ref: captain-2; Said: Captain');
  });

  it('prints what is new in an answer, an element or an indicator', () => {
    const news = { unheardOf: ['a', { deeper: 'b' }] };
    const content = JSON.parse(JSON.stringify(packageOf(interviewed)), (key, value: unknown) =>
      (key === 'elements' || key === 'answers') && Array.isArray(value)
        ? value.map((one: object, at) => (at === 0 ? { ...one, ...news } : one))
        : value,
    ) as Content;
    const said = set(printedPackage(content, () => true));
    expect(said.split('a, (Deeper: b)')).toHaveLength(4);
  });
});
