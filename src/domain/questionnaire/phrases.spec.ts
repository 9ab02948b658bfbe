import { describe, expect, it } from '@jest/globals';
import { OPERATORS } from './format.js';
import { PHRASE_BOOK, phrasesIn } from './phrases.js';

const books = Object.entries(PHRASE_BOOK);
const STATUS = ['answered', 'unknown', 'refused', 'notAsked'];

describe('the sentences of conditions', () => {
  it.each(books)('name question and value once each in every operator (%s)', (_, { operators }) => {
    for (const operator of OPERATORS) {
      expect(operators[operator].match(/Q/g)).toHaveLength(1);
      expect(operators[operator].match(/V/g) ?? []).toHaveLength(STATUS.includes(operator) ? 0 : 1);
    }
  });

  it.each(books)('lose nothing that is put into them (%s)', (_, phrases) => {
    expect(phrases.some('REPEAT', 'CLAUSE')).toMatch(/REPEAT.*CLAUSE/);
    expect(phrases.every('REPEAT', 'CLAUSE')).toMatch(/REPEAT.*CLAUSE/);
    for (const form of [phrases.atLeast, phrases.atMost]) {
      expect(form(3, 'REPEAT', 'CLAUSE')).toMatch(/(REPEAT.*3|3.*REPEAT).*CLAUSE/);
      expect(form(3, 'REPEAT')).not.toContain('undefined');
    }
    for (const form of [phrases.quote, phrases.answerTo, phrases.neither, phrases.doesNotHold, phrases.isUnclear])
      expect(form('WORDS')).toContain('WORDS');
    for (const form of [phrases.askedBecause, phrases.notAskedBecause, phrases.withParent])
      expect(form('WORDS')).toMatch(/WORDS\.$/);
  });

  it('are complete in English and drafts elsewhere', () => {
    expect(books.map(([language, { status }]) => `${language} ${status}`)).toEqual([
      'en complete',
      'fr draft',
      'ar draft',
    ]);
  });

  it('fall back from a region to its language, and from an unknown language to English', () => {
    expect(phrasesIn('fr-BE')).toBe(PHRASE_BOOK['fr']);
    expect(phrasesIn('rw')).toBe(PHRASE_BOOK['en']);
  });
});
