import { describe, expect, it } from '@jest/globals';
import { parse } from 'edtf';
import fc from '../../../test/support/properties.js';
import { readPlain } from './plain-edtf.js';

/** What the library reads, an open end (to it Infinity) as null; nothing where it refuses. */
function fromLibrary(text: string): unknown {
  try {
    const read = parse(text, { level: 3 });
    return read.type === 'Interval'
      ? { ...read, values: read.values.map((value) => (typeof value === 'object' ? value : null)) }
      : read;
  } catch {
    return undefined;
  }
}

const two = (least: number, most: number) =>
  fc.integer({ min: least, max: most }).map((number) => String(number).padStart(2, '0'));
const written = fc
  .tuple(
    fc.integer({ min: 0, max: 9999 }).map((year) => String(year).padStart(4, '0')),
    fc.option(two(0, 14)),
    fc.option(two(0, 32)),
    fc.constantFrom('', '~', '?'),
  )
  .map(([year, month, day, mark]) => [year, month, month && day].filter((part) => part).join('-') + mark);
const end = fc.oneof(written, fc.constantFrom('', '..'));

describe('the plain forms of EDTF', () => {
  it('are read as the library reads them, and never where it refuses', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          written,
          fc.tuple(end, end).map((ends) => ends.join('/')),
        ),
        (text) => {
          const plain = readPlain(text);
          if (plain) expect(fromLibrary(text)).toMatchObject(plain);
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each(['1994', '1994-04', '1994-04-06', '1994~', '1994-04?', '1990/1994-04-06', '1990~/..', '../1994', '1990/'])(
    'need no library: %s',
    (text) => {
      const plain = readPlain(text);
      expect(plain).toBeDefined();
      expect(fromLibrary(text)).toMatchObject(plain!);
    },
  );

  it.each(['1994-21', '199X', '1994-02-30', '../..', '1990/1994/1995', '1994-04~-06', '1994%'])('are not %s', (text) =>
    expect(readPlain(text)).toBeUndefined(),
  );
});
