import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authorityId } from '../../src/demo/seed.js';
import { aCaseAt } from '../factories/case-walk.js';
import { aPlantedFile, aSearch, PLANTED, planted } from '../factories/planted-file.js';
import { anApplication, type TestApplication } from '../support/application.js';

/** The walk is long, and other tests run beside it. */
const WALK_MS = 300_000;

/** An authority that no rule makes competent any more asks in its own words about somebody, and is told. */
async function disclosedOnRequest(application: TestApplication): Promise<void> {
  const unit = authorityId('demo-war-crimes-unit');
  await application.rows(`UPDATE competence_rule SET valid_until = '2004-01-01' WHERE authority_id = $1`, [unit]);
  const { id: caseId } = await aCaseAt(await application.cast(), 'excluded');
  const [asker, legal, decider] = await Promise.all(
    ['war-crimes', 'legal', 'decider'].map((name) => application.as(name)),
  );
  const { body } = await asker!.post('/api/person-requests', aSearch());
  const path = `/api/person-requests/${body.id}/proposals`;
  const words = { reasons: planted('a proposal'), reply: planted('a reply') };
  const proposed = await legal!.post(path, { outcome: 'disclosed', caseId, ...words });
  const proposal = proposed.body.proposals.at(-1) as { id: string };
  const decided = { decision: 'confirmed', reasons: planted('a confirmation') };
  await decider!.post(`${path}/${proposal.id}/decision`, decided);
  const told = await application.rows('SELECT FROM referral WHERE case_id = $1 AND authority_id = $2', [caseId, unit]);
  if (told.length !== 1) throw new Error('nothing was disclosed');
}

/** How words may lie in a dump: as they are, as bytes in hexadecimal, or in base64 at any place of a group. */
function disguises(word: string): string[] {
  const bytes = Buffer.from(word, 'utf8');
  const inBase64 = [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // The first and the last letters depend on what stands around the word.
    return whole.slice(
      Math.ceil((before * 8) / 6) + (before > 0 ? 1 : 0),
      Math.floor(((before + bytes.length) * 8) / 6),
    );
  });
  return [word.toLowerCase(), bytes.toString('hex'), Buffer.from(word.toLowerCase()).toString('hex'), ...inBase64];
}

describe('a dump of the database', () => {
  let application: TestApplication;
  /** Every row of every table of every schema that is ours, by table. */
  let dump: Map<string, string>;

  beforeAll(async () => {
    application = await anApplication();
    await aPlantedFile(application);
    await disclosedOnRequest(application);
    const tables = await application.rows<{ name: string }>(
      `SELECT format('%I.%I', nspname, relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE relkind IN ('r', 'p', 'm') AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' ORDER BY 1`,
    );
    dump = new Map();
    for (const { name } of tables) {
      const rows = await application.rows<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      dump.set(name, rows.map(({ row }) => row).join('\n'));
    }
  }, WALK_MS);
  afterAll(() => application?.close());

  const holding = (word: string): string[] =>
    [...dump].flatMap(([table, text]) => {
      const lower = text.toLowerCase();
      const found = disguises(word).filter((one) => text.includes(one) || lower.includes(one));
      return found.map((one) => `${table}: ${context(text, lower, one)}`);
    });
  const context = (text: string, lower: string, found: string): string => {
    const at = Math.max(text.indexOf(found), lower.indexOf(found));
    return text.slice(Math.max(0, at - 120), at + 120);
  };

  it('is one of a file in which something was said, decided, told, answered, searched, posted and cleared', () => {
    const told = ['answer', 'decision', 'referral', 'feedback', 'document', 'recording', 'third_person'];
    const waiting = ['recipient_letter', 'blocked_closing', 'person_request_proposal', 'reconsideration'];
    for (const table of [...told, ...waiting])
      expect({ table, empty: dump.get(`public.${table}`) === '' }).toEqual({ table, empty: false });
  });

  it('would show the words in each of their disguises', () => {
    expect(holding('demo-prosecution').length).toBeGreaterThan(0);
    for (const before of ['', 'x', 'xy'])
      expect(
        disguises('Zqfamilia').some((one) => Buffer.from(`${before}Zqfamilia.`).toString('base64').includes(one)),
      ).toBe(true);
  });

  it.each(Object.entries(PLANTED))('alone reveals no %s', (_, word) => {
    expect(holding(word)).toEqual([]);
  });
});
