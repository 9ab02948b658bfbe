import type { Finding } from '../../src/domain/questionnaire/lint/finding.js';
import { lintFiles } from '../../src/domain/questionnaire/lint/lint.js';
import type { SourceFile } from '../../src/domain/questionnaire/plan.js';

/** Small packs with one defect each. Loosely typed on purpose: some do not fit the format. */

type Written = Record<string, unknown>;

export const TEXT = { en: 'What happened?' };
export const SOURCES = [
  { source: 'First tribunal, judgment of 1 May 2001', url: 'https://first.example/1' },
  { source: 'Second commission, report of 2003', url: 'https://second.example/2' },
];

export const ask = (id: string, type: string, more: Written = {}): Written => ({
  id,
  type,
  text: TEXT,
  purpose: 'inclusion',
  basis: ['House rule'],
  ...more,
});

export const perItem = (id: string, items: Written[], more: Written = {}): Written => ({
  id,
  repeat: true,
  title: { en: 'All' },
  itemTitle: { en: 'One' },
  items,
  ...more,
});

export const indicator = (when: unknown, more: Written = {}): Written => ({
  id: 'raised',
  when,
  ifUnclear: 'silent',
  severity: 'low',
  ground: '1F(a)',
  reason: TEXT,
  innocent: [TEXT],
  ...more,
});

/** A questionnaire of one section, with what the test is about. */
export const questionnaire = (items: Written[], more: Written = {}): SourceFile => ({
  file: 'Tiny/screening.v1.json',
  content: {
    format: 1,
    id: 'Tiny-screening',
    version: 1,
    purpose: 'screening',
    title: { en: 'Tiny' },
    languages: ['en'],
    sections: [{ id: 'all', title: { en: 'All' }, phase: 'probing', items }],
    ...more,
  },
});

export const reference = (entries: Written): SourceFile => ({
  file: 'Tiny/reference.json',
  content: { format: 1, reference: 'Tiny', ...entries },
});

export const CODES = {
  lists: {
    codes: [
      { code: 'none', text: { en: 'Nothing' }, exclusive: true },
      { code: 'guard', text: { en: 'Was a guard' } },
      { code: 'cook', text: { en: 'Cooked' } },
    ],
  },
};

/** What the linter says about these files, without words: code, pointer and witness. */
export const findingsOf = (...files: SourceFile[]): Pick<Finding, 'code' | 'pointer' | 'witness'>[] =>
  lintFiles(files).map(({ code, pointer, witness }) => ({ code, pointer, ...(witness && { witness }) }));
