import { describe, expect, it } from '@jest/globals';
import { rangeOf } from './file-content.js';

describe('a range of bytes', () => {
  it.each([
    ['bytes=0-0', { start: 0, end: 1 }],
    ['bytes=10-19', { start: 10, end: 20 }],
    ['bytes=90-', { start: 90, end: 100 }],
    ['bytes=90-500', { start: 90, end: 100 }],
    ['bytes=-10', { start: 90, end: 100 }],
    ['bytes=-500', { start: 0, end: 100 }],
  ])('%s of 100 bytes is %j', (header, range) => {
    expect(rangeOf(header, 100)).toEqual(range);
  });

  it.each([undefined, '', 'bytes=-', 'bytes=-0', 'bytes=100-', 'bytes=9-5', 'bytes=0-1,5-6', 'items=0-1', 'bytes=a-b'])(
    'gives the whole for %j',
    (header) => {
      expect(rangeOf(header, 100)).toBeUndefined();
    },
  );
});
