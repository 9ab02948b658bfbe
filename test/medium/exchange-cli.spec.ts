import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aSpreadsheet } from '../factories/spreadsheet.js';
import { f1 } from '../support/cli.js';

describe('f1 questionnaires import and export', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f1-exchange-'));
  const at = (name: string) => join(folder, name);
  afterAll(() => rmSync(folder, { recursive: true }));

  const form = aSpreadsheet({
    survey: [
      ['type', 'name', 'label', 'relevant'],
      ['integer', 'age', 'How old are you?', ''],
      ['text', 'school', 'Where do you go to school?', '${age} < 18'],
      ['text', 'other', 'And then?', "starts-with(${school}, 'A')"],
    ],
  });

  it('makes a draft pack of an XLSForm that compiles, exports it to FHIR and imports it again', async () => {
    writeFileSync(at('form.xlsx'), form);
    const told = await f1([
      'questionnaires',
      'import',
      at('form.xlsx'),
      '--out',
      at('Draft'),
      '--country',
      'RW',
      '--json',
    ]);
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(told.stdout)).toMatchObject({
      ok: true,
      total: 11,
      mapped: 10,
      listed: [{ row: 4, column: 'relevant' }],
    });
    expect(readdirSync(at('Draft')).sort()).toEqual(['IMPORT.md', 'pack.json', 'reference.json', 'screening.v1.json']);
    expect(readFileSync(at('Draft/IMPORT.md'), 'utf8')).toContain("`starts-with(${school}, 'A')`");
    const exported = await f1([
      'questionnaires',
      'export',
      at('Draft/screening.v1.json'),
      '--as',
      'fhir',
      '--out',
      at('q.json'),
    ]);
    expect(exported).toMatchObject({ code: 0, stderr: '' });
    const again = await f1(['questionnaires', 'import', at('q.json'), '--out', at('Again'), '--country', 'RW']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    const sections = (name: string) =>
      (JSON.parse(readFileSync(at(name), 'utf8')) as { sections: { items: unknown[] }[] }).sections[0]!.items;
    expect(sections('Again/screening.v1.json')).toEqual(sections('Draft/screening.v1.json'));
  });

  it('prints a shipped questionnaire in its own direction', async () => {
    const told = await f1([
      'questionnaires',
      'export',
      'SY-screening',
      '--as',
      'print',
      '--language',
      'ar',
      '--out',
      at('p.html'),
    ]);
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(at('p.html'), 'utf8')).toContain('dir="rtl"');
  });

  it('says what cannot be imported or exported, and writes nothing', async () => {
    writeFileSync(at('no.xlsx'), 'type,name');
    writeFileSync(at('no.json'), '{"resourceType":"Patient"}');
    const refusals: [string[], string][] = [
      [['import', at('no.xlsx'), '--out', at('None')], 'it is not a zip archive'],
      [['import', at('no.json'), '--out', at('None')], 'no FHIR Questionnaire'],
      [['export', 'Nowhere', '--as', 'fhir', '--out', at('n.json')], 'There is no questionnaire "Nowhere"'],
      [
        ['export', 'RW-screening', '--as', 'print', '--language', 'xx', '--out', at('x.html')],
        'RW-screening has no texts in "xx". Say one of its languages with --language: en, fr.',
      ],
    ];
    for (const [args, words] of refusals) {
      const told = await f1(['questionnaires', ...args]);
      expect(told).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(words) as unknown });
    }
    expect(readdirSync(folder)).not.toContain('None');
  });
});
