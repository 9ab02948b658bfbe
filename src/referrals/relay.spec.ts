import { describe, expect, it } from '@jest/globals';
import { jobsOf } from './relay.js';

describe('the jobs that carry what was leased', () => {
  const due = (count: number, authorities = 2) =>
    Array.from({ length: count }, (_, n) => ({
      referralId: `r${n}`,
      epoch: n + 1,
      authorityId: `a${n % authorities}`,
    }));

  it('are one for each while few are due, under a name that no other lease of it has', () => {
    const jobs = jobsOf(due(32));
    expect(jobs).toHaveLength(32);
    expect(jobs[1]).toEqual({
      id: 'ref_r1_2',
      data: { deliveries: [{ referralId: 'r1', epoch: 2, authorityId: 'a1' }] },
    });
  });

  it('carry several when many are due, each of them once and none beside one to somebody else', () => {
    const claimed = due(61, 3);
    const jobs = jobsOf(claimed);
    const carried = jobs.flatMap(({ data }) => data['deliveries']!);
    expect(carried).toHaveLength(61);
    expect(new Set(carried.map(({ referralId }) => referralId)).size).toBe(61);
    for (const { id, data } of jobs) {
      const deliveries = data['deliveries']!;
      expect(deliveries.length).toBeLessThanOrEqual(4);
      const to = deliveries.map(({ referralId }) => claimed.find((one) => one.referralId === referralId)!.authorityId);
      expect(new Set(to).size).toBe(1);
      expect(id).toBe(`ref_${deliveries[0]!.referralId}_${deliveries[0]!.epoch}`);
    }
    expect(jobs).toHaveLength(16);
    expect(jobs[0]!.data['deliveries']!.map(({ referralId }) => referralId)).toEqual(['r0', 'r3', 'r6', 'r9']);
  });
});
