import { describe, expect, it } from '@jest/globals';
import { obligationId } from './obligation-id.js';

const cause = '11111111-1111-4111-8111-111111111111';
const north = '22222222-2222-4222-8222-222222222222';
const south = '33333333-3333-4333-8333-333333333333';

describe('the id of an obligation', () => {
  it('is the same wherever it is computed', () => {
    expect(obligationId(cause, north, 'exclusion')).toBe('8a3dcbd9-494f-568d-9717-64f1ca973647');
  });

  it('differs by cause, authority and kind', () => {
    const ids = [
      obligationId(cause, north, 'exclusion'),
      obligationId(cause, south, 'exclusion'),
      obligationId(cause, north, 'correction'),
      obligationId(south, north, 'exclusion'),
    ];
    expect(new Set(ids).size).toBe(4);
  });
});
