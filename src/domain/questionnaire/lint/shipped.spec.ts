import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from '../plan.js';
import type { QuestionnaireFile } from '../format.js';
import { CODES } from './codes.js';
import { languagesOf, partsIn, wordsOf } from './files.js';
import { lintGuide } from './guide.js';
import { lintFiles } from './lint.js';

const folder = join(process.cwd(), 'questionnaires');
const packs = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'pack.json')));
const files: SourceFile[] = packs.flatMap((pack) =>
  readdirSync(join(folder, pack), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      file: `${pack}/${name}`,
      content: JSON.parse(readFileSync(join(folder, pack, name), 'utf8')) as unknown,
    })),
);

const questionnaires = files.filter(({ content }) => 'purpose' in (content as object)) as {
  file: string;
  content: QuestionnaireFile;
}[];
/** The newest version of each questionnaire, by its file: the earlier ones are published and stay as they are. */
const newest = questionnaires.filter(
  ({ content: { id, version } }) =>
    !questionnaires.some(({ content }) => content.id === id && content.version > version),
);
const drawnBy = ({ includes = [] }: QuestionnaireFile): string[] =>
  includes.map((include) => (typeof include === 'string' ? include : include.module));

describe('the packs in the repository', () => {
  it('are all there', () => {
    expect(packs).toEqual(expect.arrayContaining(['RW', 'base']));
  });

  it.each(packs)('%s has no error and no warning', (pack) => {
    const findings = lintFiles(files, { about: (file) => file.startsWith(`${pack}/`) });
    const toMend = findings.filter(({ severity }) => severity !== 'advice');
    expect(toMend.map(({ code, file, pointer, reason }) => `${code} ${file}#${pointer}: ${reason}`)).toEqual([]);
  });

  it.each(newest)('$file is whole in every language it declares, with the modules it draws in', (questionnaire) => {
    const drawn = files.filter(({ file }) => drawnBy(questionnaire.content).includes(file));
    const texts = [questionnaire, ...drawn].flatMap(partsIn).flatMap((part) => {
      const words = wordsOf(part.value);
      return words ? [{ at: `${part.file}#${part.pointer}`, words }] : [];
    });
    expect(texts.length).toBeGreaterThan(100);
    const missing = languagesOf(questionnaire).flatMap((language) =>
      texts.filter(({ words }) => !words.has(language)).map(({ at }) => `${at} in ${language}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('the guide for authors', () => {
  const guide = readFileSync(join(process.cwd(), 'docs/guides/lint.md'), 'utf8');

  it('says what every code means (write it anew with "f1 questionnaires lint --guide")', () => {
    expect(guide).toBe(lintGuide());
    for (const code of Object.keys(CODES)) expect(guide).toContain(`\`${code}\``);
  });
});
