import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asOwner } from '../../src/platform/database/owner.js';
import { applyAuthority } from '../../src/settings/apply-authority.js';
import { canonicalEndpoint } from '../../src/settings/endpoint-spelling.js';
import { aDatabase, type TestDatabase } from '../support/database.js';

const channelOf = (endpoint: string): 'file' | 'webhook' => (endpoint.startsWith('file:') ? 'file' : 'webhook');

describe('each authority has its own endpoint', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await aDatabase();
  });
  afterAll(() => database?.drop());

  const aPair = { name: 'Invented', receiptPublicKey: 'x' };
  const at = (code: string, country: string, endpoint: string) => ({
    ...aPair,
    code,
    country,
    channel: channelOf(endpoint),
    endpoint,
  });
  /** Neither stays. */
  const both = (first: object, second: object) =>
    asOwner(database.ownerUrl, async (owner) => {
      await applyAuthority(owner, first as never);
      await applyAuthority(owner, second as never);
      throw new Error('both were applied');
    });

  it.each([
    ['file:///srv/d/a', 'file:///srv/d//a'],
    ['file:///srv/d/a', 'file:///srv/d/./a'],
    ['file:///srv/d/a', 'file:///srv/d/x/../a'],
    ['file:///srv/d/a', 'file:///srv/d/%61'],
    ['file:///srv/d/a', 'file:///srv/d/a/'],
    ['https://h/r', 'https://h:443/r'],
    ['https://h/r', 'https://h/x/../r'],
    ['https://h/r', 'https://h/r#b'],
    ['https://h/r', 'https://u:p@h/r'],
    ['https://h/r', 'https://h./r'],
    ['https://h/r', 'https://h/%72'],
  ])('%s is kept in no other spelling such as %s', async (kept, spelt) => {
    await expect(both(at('unit', 'BE', kept), at('abroad', 'TR', spelt))).rejects.toThrow(
      `The authority abroad is not applied: its endpoint must be spelt ${kept}.`,
    );
  });

  it.each([
    ['file:///srv/drop6', 'file:///srv/drop6/out'],
    ['file:///srv/drop6/out', 'file:///srv/drop6'],
    ['file:///srv/drop6', 'file:///srv/Drop6'],
    ['https://h/r', 'http://h/r'],
    ['https://h/r', 'https://h//r/'],
  ])('%s is not apart from %s of another country', async (one, other) => {
    await expect(both(at('unit', 'BE', one), at('abroad', 'TR', other))).rejects.toThrow(
      /abroad is not applied: an endpoint or encryption key is that of unit/,
    );
  });

  it.each([
    ['file:///srv/drop6', 'file:///srv/drop66', 'TR'],
    ['file:///srv/drop6', 'file:///srv/drop6/out', 'BE'],
    ['https://h/r', 'https://h/r/out', 'TR'],
    ['https://h/r?o=1', 'https://h/r?o=2', 'TR'],
  ])('%s is apart enough from %s of %s', async (one, other, country) => {
    await expect(both(at('unit', 'BE', one), at('second', country, other))).rejects.toThrow('both were applied');
  });

  it('a spelling from before stays until it changes, and is nobody else’s by then', async () => {
    await asOwner(database.ownerUrl, async (owner) => {
      await owner.query('ALTER TABLE authority DISABLE TRIGGER authority_endpoint_canonical');
      await applyAuthority(owner, at('former', 'BE', 'file:///srv/e//x/../%61/') as never);
      await owner.query('ALTER TABLE authority ENABLE TRIGGER authority_endpoint_canonical');
    });
    await asOwner(database.ownerUrl, async (owner) => {
      await owner.query(
        `UPDATE authority SET name = 'Renamed', country = 'NL', endpoint = endpoint WHERE code = 'former'`,
      );
    });
    const abroad = (endpoint: string) =>
      asOwner(database.ownerUrl, (owner) => applyAuthority(owner, at('abroad', 'TR', endpoint) as never));
    await expect(abroad('file:///srv/e/a')).rejects.toThrow(/is that of former/);
    await expect(abroad('file:///srv/e/a/out')).rejects.toThrow(/is that of former/);
  });

  it('the database and the settings have one spelling', async () => {
    const spellings = [
      ...[
        'file:///a/../../b',
        'file:///a//../b',
        'file:///a/b/..',
        'file:///a/b/.',
        'file:///%7Ea/%2E/%5f%20x',
        'file:///a?b',
      ],
      ...[
        'https://h',
        'https://H.:443',
        'http://h:80?x=/../y',
        'https://u@h:80/a//../b/..',
        'https://[::1]:443/%7e/.#/../',
      ],
      ...[
        'https://h\\a\\..\\b',
        'http://h:443/a?%61=%20',
        'https://h:/a/./',
        'https://h/../..',
        'https://h/a?#b',
        'https://h/a%25%36%31',
      ],
    ];
    for (const spelling of spellings) {
      const { rows } = await asOwner(database.ownerUrl, (owner) =>
        owner.query<{ canonical: string }>('SELECT f1_canonical_endpoint($1) AS canonical', [spelling]),
      );
      expect([spelling, rows[0]!.canonical]).toEqual([spelling, canonicalEndpoint(channelOf(spelling), spelling)]);
    }
  });
});
