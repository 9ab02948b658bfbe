import { describe, expect, it } from '@jest/globals';
import { reconciliationPage } from './reconciliation-page.js';

const AT = '2026-03-01T08:00:00.000Z';
const ZONE = 'Asia/Kathmandu';
const SAID = '1 March 2026, 13:45:00 (UTC+05:45)';
const NOW = new Date('2026-03-01T08:59:00.000Z');
const counts = { causes: 2, obligations: 3, receipts: 2, inFlight: 0, notListed: 0 };
const stored = (about: object) => {
  const whole = { ok: true, differences: [], ...counts };
  const kinds = { exclusion: whole, suspicion: whole, account: whole, correction: whole };
  const statement = JSON.stringify({ at: AT, chains: [], erasedUnreceipted: [], lists: [], kinds, ...whole, ...about });
  const signature = Buffer.from('signed');
  const row = { ok: true, differences: 0, in_flight: 0, chains: true, signature, key_id: 'abc' };
  return { id: 'x', at: new Date(AT), statement, ...row };
};
const difference = { kind: 'exclusion', what: 'overdueAcknowledgement', causeId: 'c-1', obligationId: 'o-1' };

describe('the page of the newest reconciliation', () => {
  it('says that all is whole, by kind, with the signature and what was signed', () => {
    const page = reconciliationPage(stored({}), NOW, ZONE);
    expect(page).toContain('Every duty to tell is met or in time');
    expect(page.match(/<th scope="row">(exclusion|suspicion|account|correction)<\/th><td>whole/g)).toHaveLength(4);
    expect(page).toContain(Buffer.from('signed').toString('base64'));
    expect(page).toContain('No differences.');
    expect(page).toContain(`<time datetime="${AT}">${SAID}</time>`);
    expect(page).not.toContain('This is old');
  });

  it('says that it is old where no worker has reconciled for longer than an hour', () => {
    const later = new Date(NOW.getTime() + 20 * 60_000);
    expect(reconciliationPage(stored({}), later, ZONE)).toContain('This is old: nothing was reconciled since.');
  });

  it('names each difference, how many are not listed, broken chains and lists that failed', () => {
    const page = reconciliationPage(
      stored({
        ok: false,
        differences: [{ ...difference, authority: 'demo' }],
        notListed: 7,
        chains: ['case/c-9'],
        lists: [
          { authority: 'north', expected: true, at: null, failure: { at: AT, reason: 'HTTP 500' } },
          { authority: 'south', expected: true, at: AT, entries: 41, unmatched: [{ what: 'unknownToUs', number: 3 }] },
        ],
      }),
      NOW,
      ZONE,
    );
    for (const said of [
      'Duties to tell are not met',
      'overdueAcknowledgement',
      'o-1',
      '7 more',
      'case/c-9',
      `<td>${SAID}: HTTP 500</td>`,
      `<td>${SAID}</td>`,
      '<td>41</td><td>unknownToUs 3</td>',
    ])
      expect(page).toContain(said);
  });

  it('names what was called back, and by which correction', () => {
    const recalled = [{ ...difference, authority: 'demo', correctionId: 'k-1' }];
    const page = reconciliationPage(stored({ recalled }), NOW, ZONE);
    expect(page).toContain('Called back by a correction');
    expect(page).toContain('<td>k-1</td>');
  });

  it('reads a statement from before lists were told of', () => {
    expect(reconciliationPage(stored({ lists: undefined, notListed: undefined }), NOW, ZONE)).not.toContain(
      'Asked for',
    );
  });

  it('lets nothing that an authority sent become markup', () => {
    const failure = { at: AT, reason: '<img src=x onerror="alert(1)">' };
    const page = reconciliationPage(
      stored({ lists: [{ authority: `a'b`, expected: true, at: null, failure }] }),
      NOW,
      ZONE,
    );
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
    expect(page).toContain('a&#39;b');
  });

  it('says so where nothing was reconciled yet', () => {
    expect(reconciliationPage(undefined, NOW, ZONE)).toContain('Nothing was reconciled yet');
  });
});
