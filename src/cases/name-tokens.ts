import anyAscii from 'any-ascii';
import { doubleMetaphone } from 'double-metaphone';
import type { Applicant } from './applicant.js';

/**
 * What a person can be found by, before it is keyed: each name in plain Latin letters, and how it sounds. The order of names
 * and their spelling differ between documents, so each word stands alone.
 */
export function nameTokens(applicant: Pick<Applicant, 'familyName' | 'givenNames' | 'aliases'>): {
  normalised: string[];
  phonetic: string[];
} {
  const names = [applicant.familyName, applicant.givenNames, ...applicant.aliases];
  const words = names.flatMap((name) =>
    anyAscii(name)
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== ''),
  );
  return {
    normalised: [...new Set(words)],
    phonetic: [...new Set(words.flatMap((word) => doubleMetaphone(word)).filter((sound) => sound !== ''))],
  };
}
