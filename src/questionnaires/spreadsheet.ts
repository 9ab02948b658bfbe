import { unzipSync } from 'fflate';
import readXlsx from 'read-excel-file/universal';
import type { Sheet } from '../domain/questionnaire/exchange/xlsform-sheets.js';

/** Largest file, and what may come out of it: a form is text, and a small file can unpack to gigabytes. */
export const LIMITS = { fileBytes: 5_000_000, unpackedBytes: 50_000_000, entries: 1_000, cells: 500_000 } as const;

/** Why a file was not read, in a sentence. */
export class SpreadsheetRefused extends Error {}

/** The sheets of an .xlsx file as rows of words. Throws SpreadsheetRefused. */
export async function readSpreadsheet(bytes: Uint8Array): Promise<Sheet[]> {
  checkSize(bytes);
  checkReach(bytes);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const sheets = await readXlsx(buffer, { trim: false }).catch((error: unknown) => {
    throw new SpreadsheetRefused(`This is no .xlsx file that can be read: ${(error as Error).message}.`);
  });
  const cells = sheets.reduce((sum, { data }) => sum + data.reduce((inner, row) => inner + row.length, 0), 0);
  if (cells > LIMITS.cells)
    throw new SpreadsheetRefused(`The sheets have ${cells} cells; at most ${LIMITS.cells} are read.`);
  return sheets.map(({ sheet, data }) => ({ name: sheet, rows: data.map((row) => row.map(words)) }));
}

/** The unpacker fills no more than the size each entry states, so the stated sizes bound what is unpacked. */
function checkSize(bytes: Uint8Array): void {
  if (bytes.length > LIMITS.fileBytes)
    throw new SpreadsheetRefused(`The file has ${bytes.length} bytes; at most ${LIMITS.fileBytes} are read.`);
  let [entries, unpacked] = [0, 0];
  try {
    unzipSync(bytes, {
      filter: ({ originalSize }) => {
        entries++;
        unpacked += originalSize;
        return false;
      },
    });
  } catch {
    throw new SpreadsheetRefused('This is no .xlsx file: it is not a zip archive.');
  }
  if (entries > LIMITS.entries || unpacked > LIMITS.unpackedBytes)
    throw new SpreadsheetRefused(
      `The file unpacks to ${entries} entries and ${unpacked} bytes; at most ${LIMITS.entries} and ${LIMITS.unpackedBytes} are read.`,
    );
}

const CELL = /<(?:\w+:)?(c|row)\b[^<>]*?\sr\s*=\s*["']([A-Z]*)(\d+)["']/g;

/** Everything up to the farthest cell is filled with blanks: one cell in the last row of a small file takes all memory. */
function checkReach(bytes: Uint8Array): void {
  const decoder = new TextDecoder();
  for (const content of Object.values(unzipSync(bytes, { filter: ({ name }) => name.endsWith('.xml') }))) {
    let [rows, columns] = [0, 0];
    for (const [, , letters = '', row] of decoder.decode(content).matchAll(CELL)) {
      rows = Math.max(rows, Number(row));
      columns = Math.max(
        columns,
        [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0),
      );
    }
    if (rows * Math.max(1, columns) > LIMITS.cells)
      throw new SpreadsheetRefused(
        `A sheet reaches to row ${rows} and column ${columns}; at most ${LIMITS.cells} cells are read. Delete what stands far off.`,
      );
  }
}

function words(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  return typeof value === 'boolean' ? String(value) : String(value as string | number);
}
