import { expect, test } from '@jest/globals';
import type pg from 'pg';
import { aCountryPack } from '../../test/factories/country-pack.js';
import { importPack } from './exchange-packs.js';
import { compileDraft } from './proof.js';

const files = aCountryPack();
const { hash } = compileDraft({ files }).plan!;
/** A database in which there is no questionnaire yet. */
const empty = { query: () => Promise.resolve({ rows: [] }) } as unknown as pg.Client;

test.each([
  ['another questionnaire', 'LI-exclusion', 1],
  ['another version', 'LI-screening', 2],
])('refuses files that are signed as %s', async (_, code, version) => {
  const content = { pack: 'LI', exportedBy: 'LI', exportedAt: '', questionnaires: [{ code, version, hash, files }] };
  await expect(importPack(empty, content)).rejects.toThrow('its files are those of LI-screening version 1.');
});
