import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from '../../../test/support/properties.js';
import { canonicalJson, frozenCopy } from './canonical.js';

/** The package is CommonJS under ESM typings: its default import is the function itself. */
const reference = canonicalize as unknown as (input: unknown) => string;
const json = fc.jsonValue({ stringUnit: 'grapheme' }) as fc.Arbitrary<unknown>;

describe('canonical JSON', () => {
  it('is what the reference implementation of RFC 8785 writes', () => {
    fc.assert(fc.property(json, (value) => expect(canonicalJson(value)).toBe(reference(value))));
  });

  it('has a frozen copy that says the same and shares nothing', () => {
    fc.assert(
      fc.property(json, (value) => {
        const copy = frozenCopy(value);
        expect(copy).toEqual(value);
        const shared = typeof value === 'object' && value !== null;
        expect(copy === value).toBe(!shared);
        expect(Object.isFrozen(copy)).toBe(true);
      }),
    );
  });
});
