import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendLines, readLines } from './json-lines.js';

describe('a file with a value a line', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'f1-lines-'));
    file = join(folder, 'lines.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is empty before the first, and keeps each in its order', () => {
    expect(readLines(file)).toEqual([]);
    appendLines(file, [{ a: 1 }, { a: 2 }]);
    appendLines(file, [{ a: 3 }]);
    expect(readLines(file)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
  });

  it('loses nothing that is added after a line which a crash has torn', () => {
    appendLines(file, [{ a: 1 }]);
    appendFileSync(file, '{"a":2,"b');
    expect(readLines(file)).toEqual([{ a: 1 }]);
    appendLines(file, [{ a: 3 }]);
    appendLines(file, [{ a: 4 }]);
    expect(readLines(file)).toEqual([{ a: 1 }, { a: 3 }, { a: 4 }]);
  });
});
