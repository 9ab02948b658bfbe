import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import type { Block, Covers } from './printed-blocks.js';
import type { Content } from './file.js';
import { printedPackage } from './printed-package.js';
import { isNothing, labelOf } from './printed-values.js';

const everything = (): boolean => true;

/** The parts and the annex: what a reader who skips the summary sees. */
const blocksOf = (content: Content, covers: Covers): Block[] => {
  const { parts, annex } = printedPackage(content, covers);
  return [...parts, ...annex];
};

/** All that is set on the pages, block by block. */
const printed = (blocks: readonly Block[]): string[] =>
  blocks.flatMap((block) => {
    if (block.type === 'heading') return [block.words.text];
    if (block.type === 'fields') return block.fields.flatMap(({ label, words }) => [label, words.text]);
    if (block.type === 'text') return [block.label, block.words.text];
    if (block.type === 'list') return [block.label, ...block.items.map(({ text }) => text)];
    if (block.type === 'lines') return block.lines.flatMap(({ label, words }) => [label ?? '', words.text]);
    if (block.type === 'index') return [...block.columns, ...block.rows.flat()];
    if (block.type === 'table')
      return [
        block.label ?? '',
        ...block.columns.map(({ label }) => label),
        ...block.rows.flat(2).flatMap(({ label, words }) => [label ?? '', words.text]),
      ];
    return [...block.labels];
  });

const leaves = (value: unknown): string[] => {
  if (value === null || value === '') return [];
  if (typeof value === 'object') return Object.values(value).flatMap(leaves);
  return [typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)];
};
const keys = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Array.isArray(value)
      ? value.flatMap(keys)
      : Object.entries(value).flatMap(([key, inner]) => (isNothing(inner) ? [] : [key, ...keys(inner)]));

const headings = (blocks: readonly Block[]) =>
  blocks.flatMap((block) => (block.type === 'heading' ? [`${block.level} ${block.words.text}`] : []));

describe('a package on paper', () => {
  const plain = fc.string({ unit: fc.constantFrom(...'abcßéñжعበ 0179-#$\\]`\n'), maxLength: 60 });
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 7, depthSize: 'large' },
      fc.oneof(plain, fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.stringMatching(/^[a-z][a-zA-Z]{0,12}$/), tie('tree'), { maxKeys: 6 }),
    ),
  }));

  it('shows every value and every label of whatever a package holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('facts', 'assessments', 'exculpatory', 'news'), tree), (parts) => {
        const content = {
          format: 'x',
          ...parts,
          manifest: { parts: Object.fromEntries(Object.keys(parts).map((p) => [p, 'h'])) },
        };
        const shown = printed(blocksOf(content, everything)).join('\u0000');
        for (const value of leaves(content)) expect(shown).toContain(value.normalize('NFC'));
        for (const key of keys(content)) {
          // The member that titles an item stands in the item's heading, and what has an id in the annex, each without its name.
          if (!['id', 'question', 'label', 'name', 'reference', 'sentence', 'code', 'purpose', 'kind'].includes(key))
            expect(shown).toContain(labelOf(key));
        }
      }),
    );
  });

  it('heads what has an id with the name that the annex gives to it', () => {
    const content = {
      facts: { officer: { id: 'of-7' }, posts: { officer: { id: 'of-8' } } },
      manifest: { parts: { facts: 'h' } },
    };
    const blocks = blocksOf(content, everything);
    expect(headings(blocks)).toEqual(expect.arrayContaining(['2 Officer 1', '3 Officer 2']));
    expect(blocks).toContainEqual(
      expect.objectContaining({
        type: 'index',
        rows: [
          ['Officer 1', 'of-7', ''],
          ['Officer 2', 'of-8', ''],
        ],
      }),
    );
  });

  it('never skips a level of headings', () => {
    fc.assert(
      fc.property(tree, (part) => {
        let before = 0;
        const content = { a: part, manifest: { parts: { a: 'h' } } };
        for (const block of blocksOf(content, everything)) {
          if (block.type !== 'heading') continue;
          expect(block.level).toBeLessThanOrEqual(before + 1);
          before = block.level;
        }
      }),
    );
  });

  it('has a heading for a part that holds nothing', () => {
    const blocks = blocksOf({ exculpatory: {}, manifest: { parts: { exculpatory: 'h' } } }, everything);
    expect(headings(blocks)).toContain('1 Exculpatory');
    expect(blocks).toContainEqual({ type: 'nothing', labels: ['Exculpatory'] });
  });

  it('sets the parts in the order in which they are read, and those it does not know after them', () => {
    const parts = { facts: 'f', unheardOf: 'u', decision: 'd', exculpatory: 'e', assessments: 'a' };
    const blocks = blocksOf({ ...parts, manifest: { parts } }, everything);
    expect(headings(blocks).filter((one) => one.startsWith('1 '))).toEqual([
      '1 Decision',
      '1 Exculpatory',
      '1 Assessments',
      '1 Facts',
      '1 Unheard of',
      '1 Manifest',
    ]);
  });

  it('spells codes of ours out, and leaves what anybody wrote as it is', () => {
    const elements = [{ label: 'Duress', question: 'Was there a threat?', finding: 'notMet', reasons: 'notMet' }];
    const content = { allegations: { elements, claim: 'open.pending' }, manifest: { parts: { allegations: 'h' } } };
    const shown = printed(blocksOf(content, everything));
    expect(shown).toEqual(expect.arrayContaining(['not met', 'notMet', 'open, pending']));
  });

  it('titles an element by its name, with its question beneath', () => {
    const elements = [{ label: 'Duress', question: 'Was there a threat?', evidence: [{ a: [1] }] }];
    const blocks = blocksOf({ elements, manifest: { parts: { elements: 'h' } } }, everything);
    expect(headings(blocks)).toContain('2 Element 1: Duress');
    expect(printed(blocks)).toContain('Was there a threat?');
  });

  it.each([
    ['a\u202eb', 'a[U+202E]b', 'turns the direction of what follows'],
    ['a\u0000\u200bb', 'a[U+0000][U+200B]b', 'shows nothing'],
    ['\ud83d\ude00', '[U+1F600]', 'has no picture in the fonts'],
    ['می\u200cرفتم', 'می\u200cرفتم', 'is how Persian is spelt'],
    ['one\r\ntwo', 'one\ntwo', 'ends a line'],
  ])('writes %j as %j: it %s', (said, shown) => {
    const covers = (codePoint: number): boolean => codePoint < 0x10000;
    expect(printed(blocksOf({ note: said, manifest: {} }, covers))).toContain(shown);
  });

  it.each([
    ['كنت في المدينة سنة 2015', true],
    ['2015: في المدينة', true],
    ['In 2015, المدينة', false],
    ['ኣብ ሳዋ', false],
    ['215', false],
  ])('sets %j from right to left: %p', (said, rtl) => {
    const [block] = blocksOf({ original: said, manifest: {} }, everything);
    expect(block).toMatchObject({ words: { rtl } });
  });
});
