import { describe, expect, it } from '@jest/globals';
import { aCountryPack } from '../../test/factories/country-pack.js';
import { InvalidInput } from '../platform/http/problem.js';
import { identityOf, readDraftFiles } from './draft-files.js';

const question = (_: unknown, index: number) => ({ id: `more${index}`, type: 'text', text: { en: 'Where was that?' } });
const withQuestions = (count: number) => [
  ...aCountryPack(),
  { file: 'LI/modules/more.v1.json', content: { module: 'more', items: Array.from({ length: count }, question) } },
];

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidInput) return error.errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join();
  }
  return 'nothing was refused';
}

describe('the files of a draft', () => {
  it('hold no more questions than can be proven while others wait', () => {
    expect(readDraftFiles({ files: withQuestions(597) }).files).toHaveLength(5);
    expect(refusalOf(() => readDraftFiles({ files: withQuestions(598) }))).toMatch(
      '/files: one questionnaire with its modules has at most 600 questions, and these files hold 601',
    );
  });

  it.each([0, 1.5, 3_000_000_000])('have no version %s', (version) => {
    const files = aCountryPack();
    Object.assign(files[2]!.content as object, { version });
    expect(refusalOf(() => identityOf({ files }))).toBe(
      '/files/2/content/version: must be a whole number from 1 to 1000000',
    );
  });
});
