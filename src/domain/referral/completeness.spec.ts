import { describe, expect, it } from '@jest/globals';
import { AT, aFile, anAllegation, anAnswer, anInterview, id } from '../../../test/factories/package-file.js';
import { gapsOf } from './completeness.js';
import type { CaseFile } from './file.js';

const telling = { kind: 'exclusion' as const, allegationIds: [id(11)] };
const found = (about: Partial<CaseFile>, { kind, allegationIds } = telling): string[] =>
  gapsOf(aFile(about), { kind, allegationIds }).map(({ code, hinders }) => (hinders ? code : `(${code})`));
const person = (about: object) => ({ ...aFile().person, ...about });
const aPersonNamed = (countries: string[]): CaseFile['thirdPersons'][0] => ({
  ...{ id: id(81), category: 'witness', relation: 'none', recordedAt: AT, whereaboutsApprovedAt: null, countries },
  content: { name: 'Invented Neighbour' },
});
const spoken = anAnswer({ content: { value: { original: 'Mu rugo.' } } });
const held = { circumstances: { recordingAnnounced: false }, confirmation: { outcome: 'confirmed' } };

describe('what a package lacks', () => {
  it.each<[string, Partial<CaseFile>, string[]]>([
    ['nothing in a complete file but its recording', {}, ['(recordingMissing)']],
    [
      'nothing that must be there when the recording was not announced',
      { interviews: [anInterview({ content: held })] },
      [],
    ],
    [
      'a name',
      { person: person({ content: { nationalities: ['RW'] } }) },
      ['identityWithoutName', '(recordingMissing)'],
    ],
    [
      'the countries of the applicant',
      { person: person({ content: { familyName: 'Exemplaris', nationalities: [] } }) },
      ['identityWithoutCountries', '(recordingMissing)'],
    ],
    ['whereabouts', { person: person({ whereabouts: null }) }, ['(whereaboutsUnknown)', '(recordingMissing)']],
    ['a record that was read back', { interviews: [anInterview({ sealedAt: null, state: 'asking' })] }, ['recordOpen']],
    [
      'nothing for an interview that was broken off, as far as it goes',
      { interviews: [anInterview({ sealedAt: null, state: 'abandoned' })] },
      [],
    ],
    [
      'nothing for an interview in which nothing was said',
      { interviews: [anInterview({ sealedAt: null, state: 'planned', answers: [] })], notices: [], allegations: [] },
      [],
    ],
    ['how the applicant took the record', { interviews: [anInterview({ content: {} })] }, ['recordNotConfirmed']],
    ['the notice of purpose', { notices: [] }, ['noticeOfPurposeMissing', '(recordingMissing)']],
    [
      'a translation, where somebody interpreted',
      { interviews: [anInterview({ answers: [spoken] })] },
      ['translationMissing', '(recordingMissing)'],
    ],
    [
      'no translation where nobody had to interpret',
      { interviews: [anInterview({ answers: [spoken], content: held })] },
      [],
    ],
    [
      'no translation that was added later',
      {
        interviews: [
          anInterview({
            answers: [spoken],
            translations: [{ statementId: id(31), addedAt: '', content: { language: 'en', text: 'At home.' } }],
          }),
        ],
      },
      ['(recordingMissing)'],
    ],
    [
      'findings on elements',
      { allegations: [anAllegation({ elements: [] })] },
      ['(recordingMissing)', 'elementFindingsMissing'],
    ],
    [
      'an assessment of what speaks for the applicant',
      { allegations: [anAllegation({ content: {} })] },
      ['(recordingMissing)', 'exculpatoryNotAssessed'],
    ],
    [
      'a document that is cited',
      {
        allegations: [
          anAllegation({
            evidence: [{ element: 'act', sourceKind: 'document', sourceRef: id(71), exculpatory: false }],
          }),
        ],
      },
      ['(recordingMissing)', 'sourceAbsent'],
    ],
    [
      'categories of the people named',
      { interviews: [anInterview({ answers: [anAnswer({ content: { value: { given: 'Invented' } } })] })] },
      ['(recordingMissing)', '(personsNotCategorised)'],
    ],
    [
      'the countries of a person named in it',
      { thirdPersons: [aPersonNamed([]), aPersonNamed(['CD'])] },
      ['(recordingMissing)', '(personWithoutCountries)'],
    ],
    [
      'the countries of former residence, where the applicant told of one',
      { timeline: { entries: [{ kind: 'residence', basis: 'statement' }], questions: [] } },
      ['(recordingMissing)', '(residencesNotRecorded)'],
    ],
    [
      'nothing more where they are on record',
      {
        timeline: { entries: [{ kind: 'residence', basis: 'statement' }], questions: [] },
        person: person({ content: { ...aFile().person.content, residences: ['CD'] } }),
      },
      ['(recordingMissing)'],
    ],
  ])('is %s', (_, about, gaps) => {
    expect(found(about)).toEqual(gaps);
  });

  it('is asked of a suspicion only for the allegations that it names', () => {
    const about = { allegations: [anAllegation({ elements: [], content: {} })] };
    expect(found(about, { kind: 'suspicion' as never, allegationIds: [] })).toEqual(['(recordingMissing)']);
    expect(found(about, { kind: 'suspicion' as never, allegationIds: [id(11)] })).toContain('exculpatoryNotAssessed');
  });

  it('is told with where to mend it, and without anything that was said', () => {
    const gaps = gapsOf(
      aFile({ interviews: [anInterview({ answers: [spoken] })], allegations: [anAllegation({ elements: [] })] }),
      telling,
    );
    for (const { cure, sentence } of gaps) {
      expect(cure).toMatch(/\w+/);
      expect(sentence).not.toContain('Mu rugo');
    }
  });
});
