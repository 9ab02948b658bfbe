import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import { type CountedEvent, StatisticsOfReferrals, statisticsAsCsv } from './statistics.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const begin = Date.UTC(2026, 0, 1);
const period = { from: begin, to: begin + 31 * DAY };

const registered = (caseId: string, country: string): CountedEvent => ({
  aggregateId: caseId,
  caseId,
  type: 'REGISTER_CASE',
  at: begin - DAY,
  facets: { country },
});
const created = (id: string, day: number, facets: object = {}, caseId = 'case1'): CountedEvent => ({
  aggregateId: id,
  caseId,
  type: 'CREATE_REFERRAL',
  at: begin + day * DAY,
  facets: {
    kind: 'exclusion',
    authority: 'FPO',
    grounds: ['1F(a)'],
    ...facets,
  },
  dueAt: begin + (day + 5) * DAY,
});
const then = (id: string, type: string, day: number, facets: object = {}): CountedEvent => ({
  aggregateId: id,
  caseId: 'case1',
  type,
  at: begin + day * DAY,
  facets: { ...facets },
});
const figuresOf = (events: readonly CountedEvent[], { from, to } = period) => {
  const statistics = new StatisticsOfReferrals(from, to);
  for (const event of events) statistics.add(event);
  return statistics.result();
};

describe('statistics of referrals', () => {
  it('count what was created in the period and what became of it before its end', () => {
    const result = figuresOf([
      registered('case1', 'RW'),
      created('early', -1),
      created('one', 1),
      then('one', 'RECORD_RECEIPT', 2),
      then('one', 'ACKNOWLEDGE', 4),
      then('one', 'CONCLUDE_REFERRAL', 5),
      created('two', 3, { kind: 'suspicion' }),
      created('late', 31),
    ]);
    expect(result).toMatchObject({ referrals: 2, received: 1, acknowledged: 1, concluded: 1, corrected: 0 });
    expect(result.toRefer).toEqual({ count: 1, medianHours: 24, ninthDecileHours: 24, longestHours: 24 });
    expect(result.toAcknowledge.medianHours).toBe(48);
    expect(Object.keys(result.byKind)).toEqual(['exclusion', 'suspicion']);
    expect(result.byCountry['RW']?.referrals).toBe(2);
  });

  it.each([
    ['received in time', [then('one', 'RECORD_RECEIPT', 6)], 0],
    ['received after the time was over', [then('one', 'RECORD_RECEIPT', 6.1)], 1],
    ['never received', [], 1],
  ])('call overdue what was due: %s', (_, events, overdue) => {
    expect(figuresOf([created('one', 1), ...events]).overdue).toBe(overdue);
  });

  it('call nothing overdue that is not due before the period ends', () => {
    expect(figuresOf([created('one', 30)]).overdue).toBe(0);
  });

  it('count a referral under each of its grounds, once', () => {
    const { byGround, referrals } = figuresOf([created('one', 1, { grounds: ['1F(a)', '1F(b)', '1F(a)'] })]);
    expect([referrals, byGround['1F(a)']?.referrals, byGround['1F(b)']?.referrals]).toEqual([1, 1, 1]);
  });

  it('count feedback, when it first came, what it ended, and whether it was about somebody else', () => {
    const result = figuresOf([
      created('one', 1),
      then('one', 'ACKNOWLEDGE', 4),
      then('one', 'GIVE_FEEDBACK', 6, { feedback: 'opened', ends: false }),
      then('one', 'GIVE_FEEDBACK', 9, { feedback: 'outcome', outcome: 'mistakenIdentity', ends: true }),
      created('two', 1),
    ]);
    expect(result).toMatchObject({ withFeedback: 1, concluded: 1, mistakenIdentity: 1 });
    expect(result.toFeedback.medianHours).toBe(48);
    expect(result.toConclude.medianHours).toBe(120);
  });

  it('take back the mark of what was reinstated', () => {
    const marked = [created('one', 1), then('one', 'MARK_CORRECTED', 2)];
    expect(figuresOf(marked).corrected).toBe(1);
    expect(figuresOf([...marked, then('one', 'MARK_REINSTATED', 3)]).corrected).toBe(0);
  });

  it('give a closed period the same figures whatever happens later and however its referrals are mixed', () => {
    const steps = ['RECORD_RECEIPT', 'ACKNOWLEDGE', 'MARK_CORRECTED', 'MARK_REINSTATED', 'CONCLUDE_REFERRAL'];
    const chain = fc.record({
      id: fc.uuid(),
      day: fc.integer({ min: -5, max: 40 }),
      later: fc.array(fc.tuple(fc.constantFrom(...steps), fc.integer({ min: 0, max: 60 })), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(chain, { selector: ({ id }) => id, maxLength: 8 }), (chains) => {
        const events = chains.map(({ id, day, later }) => [
          created(id, day),
          ...later.map(([type, after]) => then(id, type, day + after)).sort((a, b) => a.at - b.at),
        ]);
        const known = events.flat().filter(({ at }) => at < period.to);
        const other = [...events].reverse().flat();
        expect(figuresOf(other)).toEqual(figuresOf(known));
      }),
    );
  });

  it('call nothing overdue that is not due yet, while the period lasts', () => {
    const events = [registered('case1', 'RW'), created('late', 1), created('one', 8)];
    const early = figuresOf(events, { from: begin, to: begin + 10 * DAY });
    expect(early).toMatchObject({ referrals: 2, received: 0, overdue: 1 });
    expect(figuresOf(events)).toMatchObject({ referrals: 2, received: 0, overdue: 2 });
  });

  it('say in each line of the table until when they count, and that the period is not over', () => {
    const covered = { complete: false, until: '2026-01-11T00:00:00.000Z' };
    const [columns, ...lines] = statisticsAsCsv({ ...figuresOf([created('one', 1)]), ...covered })
      .trimEnd()
      .split('\r\n');
    expect(columns).toMatch(/,complete,until$/);
    expect(lines.filter((line) => !line.endsWith(',false,2026-01-11T00:00:00.000Z'))).toEqual([]);
  });

  it('are a table with a line for all and one per kind, ground, country and authority', () => {
    const figures = figuresOf([registered('case1', 'RW'), created('one', 1, { authority: '=Prosecutor, "North"' })]);
    const csv = statisticsAsCsv({ ...figures, complete: true, until: '2026-02-01T00:00:00.000Z' });
    const lines = csv.trimEnd().split('\r\n');
    expect(lines.map((line) => line.split(',').slice(0, 2).join(','))).toEqual([
      'dimension,value',
      'all,',
      'kind,exclusion',
      'ground,1F(a)',
      'country,RW',
      `authority,"'=Prosecutor`,
    ]);
    expect(new Set(lines.slice(0, -1).map((line) => line.split(',').length))).toEqual(new Set([18]));
  });
});
