import { describe, expect, it } from '@jest/globals';
import { delaysNothingBecause, holdStateAt, holdsThatStop, holdUntil } from './hold.js';

const day = (n: number) => new Date(Date.UTC(2026, 2, n));

describe('a hold', () => {
  it('that delays a step ends at the limit of law, one that keeps or hides runs its time', () => {
    expect(holdUntil('delayedDecision', { ruled: day(30), most: day(31) }, [day(20), day(25)])).toEqual(day(20));
    expect(holdUntil('delayedNotice', { ruled: day(10), most: day(31) }, [day(20)])).toEqual(day(10));
    expect(holdUntil('preserve', { ruled: day(30), most: day(31) }, [day(20)])).toEqual(day(30));
  });

  it('lasts at most thirty days, whatever a rule says', () => {
    expect(holdUntil('preserve', { ruled: day(90), most: day(31) }, [])).toEqual(day(31));
  });

  it('stops notices or decisions by its kind, and never the hearing of the applicant', () => {
    expect(holdsThatStop('SERVE_INTENTION')).toEqual(['delayedNotice']);
    expect(holdsThatStop('DECIDE_EXCLUSION')).toEqual(['delayedDecision']);
    for (const hearing of ['START_INTERVIEWING', 'RECORD_REPLY', 'RECORD_DISCLOSURE', 'APPEAL'])
      expect(holdsThatStop(hearing)).toEqual([]);
  });

  it.each([
    ['delayedDecision', {}, null],
    ['delayedDecision', { decided: true }, 'taken already'],
    ['delayedDecision', { closed: true }, 'closed without a decision'],
    ['delayedNotice', { decided: true }, null],
    ['delayedNotice', { decided: true, served: true }, 'served already'],
    ['delayedNotice', { closed: true }, 'no notice is due'],
    ['stayOfRemoval', { decided: true, served: true }, null],
    ['stayOfRemoval', { gone: 'left' }, 'no longer here to be removed (left)'],
    ['preserve', { decided: true, served: true, closed: true, gone: 'removed' }, null],
  ] as const)('%s over what is %j delays nothing because: %s', (kind, differing, because) => {
    const said = delaysNothingBecause(kind, { decided: false, served: false, closed: false, gone: null, ...differing });
    expect(because === null ? said : said?.includes(because)).toBe(because === null ? null : true);
  });

  it('lives from its grant until its time or its end', () => {
    const live = { granted: true, validUntil: day(10), endedAt: null, endedBecause: null };
    const asked = { ...live, granted: null, validUntil: null };
    expect(holdStateAt(live, day(9))).toBe('live');
    expect(holdStateAt(live, day(10))).toBe('over');
    expect(holdStateAt({ ...live, endedAt: day(5) }, day(6))).toBe('over');
    expect(holdStateAt(asked, day(1))).toBe('asked');
    expect(holdStateAt({ ...asked, granted: false }, day(1))).toBe('refused');
    expect(holdStateAt({ ...asked, endedAt: day(2), endedBecause: 'recalled' }, day(3))).toBe('over');
  });

  it('is withdrawn by whoever asked for it, before it was decided and after', () => {
    const withdrawn = { validUntil: null, endedAt: day(2), endedBecause: 'withdrawn' } as const;
    expect(holdStateAt({ ...withdrawn, granted: null }, day(3))).toBe('withdrawn');
    expect(holdStateAt({ ...withdrawn, granted: true, validUntil: day(10) }, day(3))).toBe('withdrawn');
  });
});
