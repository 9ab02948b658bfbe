import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import { parseJson } from './json-text.js';

describe('JSON that a person wrote', () => {
  it.each([
    ['{\n  "a": 1\n  "b": 2\n}', /^line 3, column 3: /],
    ['{ "a": ', /^line 1, column 8: /],
    [
      '{\n  "a": 1,\n  "b": { "c": 1, "d": 2, "c": 3 }\n}',
      /^line 3, column 26: the key "c" stands twice in one object; keep one$/,
    ],
    ['{ "a": 1, "\\u0061": 2 }', /the key "a" stands twice/],
  ])('%j is refused with its place', (text, message) => {
    expect(() => parseJson(text)).toThrow(message);
  });

  it('may use a key again in another object, and a value like a key', () => {
    const text = '{ "a": "a", "b": [{ "a": 1 }, { "a": ["a", "a"] }], "c": { "a": "{\\"a\\":1,\\"a\\":2}" } }';
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it('is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});
