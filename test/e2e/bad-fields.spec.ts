import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { aCaseAt, anApplicant, contentOf, GENOCIDE } from '../factories/case-walk.js';
import { type Answer, anApplication, type Person, type TestApplication } from '../support/application.js';
import { expectProblem, pointersIn, type Traces, tracesIn } from '../support/refusals.js';

describe('bad input', () => {
  let application: TestApplication;
  let officer: Person;
  let analyst: Person;
  let analysed: { id: string; interview: string };
  let before: Traces;

  beforeAll(async () => {
    application = await anApplication({ config: { ROLE: 'api' } });
    officer = await application.as('officer');
    analyst = await application.as('analyst');
    analysed = await aCaseAt(await application.cast(), 'analysing');
  });

  afterAll(() => application?.close());

  describe('is refused and leaves nothing half-written:', () => {
    beforeEach(async () => {
      before = await tracesIn(application);
    });

    afterEach(async () => {
      expect(await tracesIn(application)).toEqual(before);
    });

    describe('a registration with', () => {
      const register = (applicant: object, more: object = {}): Promise<Answer> =>
        officer.post('/api/cases', { applicant: anApplicant(applicant), countryOfOrigin: 'RW', ...more });

      it.each([
        ['a month that does not exist', { birthDate: '1962-13' }, '/applicant/birthDate'],
        ['a day that does not exist', { birthDate: '1962-02-30' }, '/applicant/birthDate'],
        ['a leap day in a common year', { birthDate: '1963-02-29' }, '/applicant/birthDate'],
        ['a date in words', { birthDate: 'in spring' }, '/applicant/birthDate'],
        ['a date that is a number', { birthDate: 1962 }, '/applicant/birthDate'],
        ['an interval that ends before it begins', { birthDate: '1970/1960' }, '/applicant/birthDate'],
        ['a country that does not exist', { nationalities: ['ZZ'] }, '/applicant/nationalities'],
        ['a country in small letters', { nationalities: ['rw'] }, '/applicant/nationalities'],
        ['a country twice', { nationalities: ['RW', 'RW'] }, '/applicant/nationalities'],
        ['no nationality', { nationalities: [] }, '/applicant/nationalities'],
        [
          'ten thousand nationalities',
          { nationalities: Array.from({ length: 10_000 }, () => 'RW') },
          '/applicant/nationalities',
        ],
        [
          'ten thousand aliases',
          { aliases: Array.from({ length: 10_000 }, (_, i) => `Fictus ${i}`) },
          '/applicant/aliases',
        ],
        ['a residence that is no country', { residences: ['Atlantis'] }, '/applicant/residences'],
        ['a sex that is not in the list', { sex: 'yes' }, '/applicant/sex'],
        ['an empty name', { familyName: '' }, '/applicant/familyName'],
        ['a name with a NUL character', { familyName: 'a\0b' }, '/applicant/familyName'],
        ['a name with half a surrogate pair', { familyName: 'a\udc00' }, '/applicant/familyName'],
        ['a field nobody knows', { shoeSize: 43 }, '/applicant/shoeSize'],
        [
          'a representative without a name',
          { representative: { capacity: 'counsel' } },
          '/applicant/representative/name',
        ],
        ['a representative that is a text', { representative: 'counsel' }, '/applicant/representative'],
      ])('%s', async (_what, applicant, pointer) => {
        const answer = await register(applicant);
        expectProblem(answer, 400, 'invalidInput');
        expect(pointersIn(answer)).toContain(pointer);
      });

      it('an applicant that is missing, a list, a text or null', async () => {
        for (const applicant of [undefined, [], [anApplicant()], 'Exemplaris', null, 7]) {
          const answer = await officer.post('/api/cases', { applicant, countryOfOrigin: 'RW' });
          expectProblem(answer, 400, 'invalidInput');
          expect(pointersIn(answer).every((pointer) => pointer.startsWith('/applicant'))).toBe(true);
        }
      });

      it('a country of origin, procedure or reference that cannot be', async () => {
        for (const [field, value] of [
          ['countryOfOrigin', 'XX'],
          ['countryOfOrigin', 'Rwanda'],
          ['procedureType', 'third'],
          ['externalReference', 'with space'],
          ['externalReference', 'x'.repeat(101)],
          ['legacyIds', 'one'],
        ] as const) {
          const answer = await register({}, { [field]: value });
          expectProblem(answer, 400, 'invalidInput');
          expect(new Set(pointersIn(answer))).toEqual(new Set([`/${field}`]));
        }
      });

      it('every bad field, each named with what to send instead', async () => {
        const answer = await register({ birthDate: '1962-13', sex: 'yes', familyName: '' }, { countryOfOrigin: 'ZZ' });
        expectProblem(answer, 400, 'invalidInput');
        expect(pointersIn(answer).sort()).toEqual([
          '/applicant/birthDate',
          '/applicant/familyName',
          '/applicant/sex',
          '/countryOfOrigin',
        ]);
        for (const { detail } of answer.body.errors as { detail: string }[]) expect(detail.length).toBeGreaterThan(10);
      });
    });

    describe('an allegation with', () => {
      const put = (change: object): Promise<Answer> =>
        analyst.put(`/api/cases/${analysed.id}/allegations/${randomUUID()}`, {
          ...contentOf(GENOCIDE, analysed.interview),
          ...change,
        });
      const elements = () => contentOf(GENOCIDE, analysed.interview).elements;

      it.each([
        ['a ground there is not', () => ({ ground: '1F(d)' }), '/ground'],
        ['a crime of another ground', () => ({ crime: 'seriousNonPoliticalCrime' }), '/crime'],
        ['a scope there is not', () => ({ scope: 'citizenship' }), '/scope'],
        ['an impossible date', () => ({ act: { summary: 'An act.', when: '1994-04-31' } }), '/act/when'],
        ['no act', () => ({ act: undefined }), '/act'],
        [
          'an element of another crime',
          () => ({ elements: [{ ...elements()[0]!, element: 'nothing' }] }),
          '/elements/0',
        ],
        ['an element twice', () => ({ elements: [elements()[0]!, elements()[0]!] }), '/elements'],
        [
          'a finding there is not',
          () => ({ elements: [{ ...elements()[0]!, finding: 'maybe' }] }),
          '/elements/0/finding',
        ],
        ['a template that does not exist', () => ({ templateVersion: 900 }), '/templateVersion'],
        ['a template before the first', () => ({ templateVersion: 0 }), '/templateVersion'],
        ['elements that are no list', () => ({ elements: {} }), '/elements'],
        ['an element that is null', () => ({ elements: [null] }), '/elements'],
        ['an element that is a list', () => ({ elements: [[]] }), '/elements'],
        ['an element that is a text', () => ({ elements: ['act'] }), '/elements'],
        ['an act that is a list', () => ({ act: [] }), '/act'],
        ['an assessment that is a list', () => ({ exculpatory: [] }), '/exculpatory'],
        [
          'evidence that is a list',
          () => ({ elements: [{ ...elements()[0]!, evidence: [[]] }] }),
          '/elements/0/evidence',
        ],
        [
          'evidence that is null',
          () => ({ elements: [{ ...elements()[0]!, evidence: [null] }] }),
          '/elements/0/evidence',
        ],
        ['a text for a truth', () => ({ intendedToStand: 'yes' }), '/intendedToStand'],
        [
          'evidence from an interview of no such case',
          () => ({ elements: [{ ...elements()[0]!, evidence: [{ kind: 'interview', ref: `${randomUUID()}#x` }] }] }),
          '/elements/0/evidence/0/ref',
        ],
      ])('%s', async (_what, change, pointer) => {
        const answer = await put(change());
        expectProblem(answer, 400, 'invalidInput');
        expect(pointersIn(answer).some((one) => one.startsWith(pointer))).toBe(true);
      });
    });

    it('a decision on an allegation that the case does not have', async () => {
      const allegationId = randomUUID();
      const decider = await application.as('decider');
      const answer = await decider.post(`/api/cases/${analysed.id}/commands`, {
        type: 'DECIDE_EXCLUSION',
        reasons: 'None.',
        allegations: [{ allegationId, stands: true, reasons: 'None.' }],
      });
      expectProblem(answer, 400, 'invalidInput');
      expect(answer.body.detail).toContain(allegationId);
      expect(answer.body.errors).toMatchObject([{ pointer: '/allegations/0' }]);
    });

    it.each([[[null]], [[[]]], [['x']], [[7]], [{}], ['x'], [[{}]], [undefined], [null]])(
      'a decision on %j',
      async (allegations) => {
        const decider = await application.as('decider');
        const answer = await decider.post(`/api/cases/${analysed.id}/commands`, {
          type: 'DECIDE_EXCLUSION',
          reasons: 'None.',
          allegations,
        });
        expectProblem(answer, 400, 'invalidInput');
        expect(pointersIn(answer)[0]).toMatch(/^\/allegations/);
      },
    );
  });
});
