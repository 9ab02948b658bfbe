import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { literal } from './prepared.js';

describe('a value in the text of a statement', () => {
  it.each([
    '',
    'plain',
    '{"state":{"claim":"pending"}}',
    "O'Brien",
    "'; DROP TABLE case_file; --",
    '\\',
    "\\'",
    '\\x0dff',
    '\\x',
    "\\x0d'",
    '\\x0d\n',
    '\\xZZ',
    '\\\\x0d',
    'line\nbreak',
    '$1 and $$',
    'عربي ’ʼ',
  ])('is quoted as the driver quotes it: %j', (value) => {
    expect(literal(value).trimStart()).toBe(pg.escapeLiteral(value).trimStart());
  });

  it('is NULL for null', () => {
    expect(literal(null)).toBe('NULL');
  });

  it('is refused with a NUL character in it', () => {
    expect(() => literal('a\0b')).toThrow(TypeError);
  });
});
