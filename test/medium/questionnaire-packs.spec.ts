import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { install } from '../../src/installation.js';
import { Config } from '../../src/platform/config/config.js';
import { asOwner } from '../../src/platform/database/owner.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { readPackFiles } from '../../src/questionnaires/pack-files.js';
import { hashesOf, inReleaseOf, releaseManifest } from '../../src/questionnaires/release-manifest.js';
import { bundle } from '../../src/questionnaires/pack-bundle.js';
import { compileDraft } from '../../src/questionnaires/proof.js';
import { aCountryPack } from '../factories/country-pack.js';
import { aDatabase, type TestDatabase } from '../support/database.js';
import { f1 } from '../support/cli.js';

const base64 = (key: { export(options: { type: 'spki'; format: 'der' }): Buffer }): string =>
  key.export({ type: 'spki', format: 'der' }).toString('base64');

const packs = readPackFiles('questionnaires');

describe('sharing packs between authorities', () => {
  let ours: TestDatabase;
  let theirs: TestDatabase;
  let owner: pg.Client;
  let folder: string;
  let signing: ReturnType<typeof keysFrom>['signing'];

  const at = (name: string): string => join(folder, name);
  const run = (database: TestDatabase, ...args: string[]) =>
    f1(['packs', ...args], {
      DATABASE_URL: database.appUrl,
      MIGRATION_DATABASE_URL: database.ownerUrl,
      F1_DATA_DIR: folder,
    });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'f1-packs-'));
    signing = keysFrom(Object.assign(new Config(), { F1_DATA_DIR: folder })).signing;
    ours = await aDatabase();
    theirs = await aDatabase();
    await install(ours.ownerUrl, () => undefined);
    // The other authority has every questionnaire but those of this pack.
    await install(
      theirs.ownerUrl,
      () => undefined,
      () => false,
    );
    owner = new pg.Client({ connectionString: theirs.ownerUrl });
    await owner.connect();
    await owner.query(`ALTER TABLE questionnaire_version DISABLE TRIGGER USER`);
    await owner.query(`UPDATE questionnaire_version SET stage = 'discarded' WHERE code LIKE 'RW-%'`);
    await owner.query(`ALTER TABLE questionnaire_version ENABLE TRIGGER USER`);
    writeFileSync(at('trusted.txt'), base64(signing.publicKey));
  });

  afterAll(async () => {
    await owner.end();
    await ours.drop();
    await theirs.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('writes one signed file, which arrives elsewhere as drafts with their scenarios and is never published', async () => {
    const exported = await run(ours, 'export', 'RW', '--out', at('RW.json'), '--json');
    expect(exported).toMatchObject({ code: 0, stderr: '' });
    const imported = await run(theirs, 'import', at('RW.json'), '--key', at('trusted.txt'), '--json');
    expect([imported.code, imported.stderr]).toEqual([0, '']);
    const { rows } = await owner.query<{ code: string; stage: string; hash: string; files: string[] }>(
      `SELECT code, stage, hash, ARRAY(SELECT f->>'file' FROM jsonb_array_elements(body->'files') f) AS files
       FROM questionnaire_version WHERE pack = 'RW' AND stage <> 'discarded' ORDER BY code`,
    );
    const shipped = packs.find(({ pack }) => pack.pack === 'RW')!.plans;
    const newest = shipped.filter(
      (plan) => !shipped.some(({ id, version }) => id === plan.id && version > plan.version),
    );
    expect(rows.map(({ code, stage, hash }) => ({ code, stage, hash }))).toEqual(
      newest.sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, hash }) => ({ code: id, stage: 'draft', hash })),
    );
    for (const { files } of rows) {
      expect(files).toContain('RW/pack.json');
      expect(files.some((file) => file.startsWith('RW/scenarios/'))).toBe(true);
    }
    const published = await owner.query(`SELECT FROM questionnaire WHERE pack = 'RW'`);
    expect(published.rowCount).toBe(0);
  });

  it('says what is there already instead of importing half a pack', async () => {
    const again = await run(theirs, 'import', at('RW.json'), '--key', at('trusted.txt'));
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(
      /RW-\w+ version \d+ is not imported: .* Discard that draft, or ask for a higher version/,
    );
  });

  it.each([
    ['a changed question', (text: string) => text.replace(/"version":\d+/, '"version":99'), /was changed on the way/],
    ['no signature', (text: string) => text.replace('"signature"', '"seal"'), /carries no Ed25519 signature/],
  ])('refuses a file with %s', async (_what, change, says) => {
    writeFileSync(at('changed.json'), change(readFileSync(at('RW.json'), 'utf8')));
    const { code, stderr } = await run(theirs, 'import', at('changed.json'), '--key', at('trusted.txt'));
    expect(code).toBe(1);
    expect(stderr).toMatch(says);
  });

  it('refuses what another key signed, and a key that is none', async () => {
    writeFileSync(at('other.txt'), base64(generateKeyPairSync('ed25519').publicKey));
    expect((await run(theirs, 'import', at('RW.json'), '--key', at('other.txt'))).stderr).toMatch(
      /is signed by the key/,
    );
    expect((await run(theirs, 'import', at('RW.json'), '--key', at('RW.json'))).stderr).toMatch(
      /no Ed25519 public key/,
    );
  });

  it('refuses a pack whose names mean something else here, and says which', async () => {
    const file = 'base/modules/ordersDissociation.v1.json';
    const module = JSON.parse(readFileSync(join('questionnaires', file), 'utf8')) as { title: object };
    const content = { ...module, title: { en: 'Orders, otherwise' } };
    const files = [...aCountryPack({ includes: [file] }), { file, content }];
    const { plan } = compileDraft({ files });
    const { id: code, version, hash } = plan!;
    const questionnaires = [{ code, version, hash, files }];
    const sent = bundle({ pack: 'LI', exportedBy: 'LI', exportedAt: '2026-11-22', questionnaires }, signing);
    writeFileSync(at('LI.json'), JSON.stringify(sent));
    const { code: left, stderr } = await run(ours, 'import', at('LI.json'), '--key', at('trusted.txt'));
    expect([left, stderr]).toEqual([
      1,
      expect.stringMatching(/is not imported: .*ordersDissociation\.v1\.json is published with other/),
    ]);
  });

  it('names the packs there are when asked for one that is not', async () => {
    const { code, stderr } = await run(ours, 'export', 'ZZ', '--out', at('ZZ.json'));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/"ZZ" is published here\. There are: .*RW.*base/)]);
  });

  describe('in production', () => {
    const production = (more: Partial<Config>) =>
      Object.assign(new Config(), { NODE_ENV: 'production', F1_DATA_DIR: folder, ...more });

    it('publishes at start what a signed manifest lists, and makes drafts of the rest', async () => {
      const [first, ...rest] = packs.flatMap(({ plans }) => plans.map(({ hash }) => hash));
      const manifest = releaseManifest(packs, signing);
      expect([...hashesOf(manifest, signing.publicKey, 'release.json')].sort()).toEqual([first!, ...rest].sort());
      writeFileSync(at('release.json'), JSON.stringify(manifest));
      const listed = inReleaseOf(production({ F1_RELEASE_MANIFEST: at('release.json') }), folder);
      expect(listed(first!)).toBe(true);
      expect(listed('0'.repeat(64))).toBe(false);
      const database = await aDatabase();
      try {
        const said: string[] = [];
        await install(
          database.ownerUrl,
          (line) => said.push(line),
          (hash) => hash === first,
        );
        const stages = await asOwner(database.ownerUrl, (client) =>
          client.query<{ hash: string; stage: string }>('SELECT hash, stage FROM questionnaire_version'),
        );
        const published = stages.rows.filter(({ stage }) => stage === 'published').map(({ hash }) => hash);
        expect(published).toEqual([first]);
        expect(stages.rows.filter(({ stage }) => stage === 'draft')).toHaveLength(rest.length);
        expect(said.join('\n')).toContain('f1 packs release --out');
      } finally {
        await database.drop();
      }
    });

    it('publishes nothing without a manifest, nor with one that somebody else signed', () => {
      expect(inReleaseOf(production({}), folder)('0'.repeat(64))).toBe(false);
      const stranger = { ...signing, privateKey: generateKeyPairSync('ed25519').privateKey };
      writeFileSync(at('forged.json'), JSON.stringify(releaseManifest(packs, stranger)));
      expect(() => inReleaseOf(production({ F1_RELEASE_MANIFEST: at('forged.json') }), folder)).toThrow(/was changed/);
    });
  });
});
