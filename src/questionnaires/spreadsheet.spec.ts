import { describe, expect, it } from '@jest/globals';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { aSpreadsheet } from '../../test/factories/spreadsheet.js';
import { LIMITS, readSpreadsheet } from './spreadsheet.js';

describe('reading a spreadsheet', () => {
  it('gives every sheet with its rows and cells where they stand', async () => {
    const bytes = aSpreadsheet({ survey: [['type', 'name'], [], ['', ' text & <more> ']], choices: [['list_name']] });
    expect(await readSpreadsheet(bytes)).toEqual([
      {
        name: 'survey',
        rows: [
          ['type', 'name'],
          ['', ''],
          ['', ' text & <more> '],
        ],
      },
      { name: 'choices', rows: [['list_name']] },
    ]);
  });

  it('refuses what is no spreadsheet', async () => {
    await expect(readSpreadsheet(strToU8('type,name'))).rejects.toThrow('it is not a zip archive');
    await expect(readSpreadsheet(zipSync({ 'a.txt': strToU8('a') }))).rejects.toThrow('no .xlsx file that can be read');
  });

  it('refuses a sheet with a cell far off, before filling what lies between', async () => {
    const files = unzipSync(aSpreadsheet({ survey: [['type']] }));
    const [name, sheet] = Object.entries(files).find(([file]) => file.includes('worksheets/'))!;
    const far = strFromU8(sheet).replace(
      '</sheetData>',
      '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
    );
    const bytes = zipSync({ ...files, [name]: strToU8(far) });
    await expect(readSpreadsheet(bytes)).rejects.toThrow('A sheet reaches to row 1048576 and column 16384');
  });

  it('refuses a file that unpacks to more than is read, before unpacking it', async () => {
    const bomb = zipSync({ 'xl/workbook.xml': new Uint8Array(LIMITS.unpackedBytes + 1) }, { level: 6 });
    expect(bomb.length).toBeLessThan(LIMITS.fileBytes);
    await expect(readSpreadsheet(bomb)).rejects.toThrow('The file unpacks to 1 entries');
    await expect(readSpreadsheet(new Uint8Array(LIMITS.fileBytes + 1))).rejects.toThrow('at most 5000000 are read');
  });
});
