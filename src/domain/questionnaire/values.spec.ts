import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import { smallPack } from '../../../test/factories/small-pack.js';
import { compile } from './compile.js';
import { checkValue } from './values.js';

const result = compile(smallPack());
if (!result.ok) throw new Error('the small pack compiles');
const { plan } = result;

describe('checking a value', () => {
  it.each<[string, unknown]>([
    ['served', true],
    ['languages', ['rur', 'de']],
    ['leftOn', '1994-04~'],
    ['leftOn', { edtf: '1994-04', said: 'before the long rains' }],
    ['leftFrom', { ref: 'strelsau' }],
    ['leftFrom', { said: 'a village by the river' }],
    ['leftFrom', { ref: 'oldGate', said: 'the gate' }],
    ['journeyDays', 12],
    ['account1', { original: 'Nagiye', originalLanguage: 'rw', interpreted: 'I left', interpreterUnsure: true }],
    ['account1', { interpreted: 'I left <script>' }],
    ['service.duty', 'kitchen'],
    ['service.unit', { ref: 'guard1' }],
  ])('takes %s: %j', (question, value) => {
    expect(checkValue(plan, question, value)).toEqual({ ok: true, value });
  });

  it.each<[string, unknown, string, string]>([
    ['nothing', true, '', 'no question "nothing"'],
    ['constructor', true, '', 'no question "constructor"'],
    ['__proto__', true, '', 'no question "__proto__"'],
    ['served', 'yes', '', 'send true or false'],
    ['served', null, '', 'send true or false'],
    ['languages', 'rur', '', 'send a list'],
    ['languages', [], '', 'at least 1'],
    ['languages', ['rur', 'rru'], '/1', 'Did you mean "rur"?'],
    ['languages', ['rur', 'rur'], '/1', 'stands twice'],
    ['leftOn', '2024-02-30', '', 'does not exist in the calendar'],
    ['leftOn', 1994, '', 'send an object: a date in EDTF'],
    ['leftOn', { edtf: '1994', year: 1 }, '/year', 'no such key'],
    ['leftFrom', 'strelsau', '', 'send an object: {"ref"'],
    ['leftFrom', {}, '', 'send {"ref"'],
    ['leftFrom', { ref: 'guard' }, '/ref', 'no place "guard"'],
    ['leftFrom', { ref: 'toString' }, '/ref', 'no place'],
    ['leftFrom', { said: ' ' }, '/said', 'send words'],
    ['journeyDays', '12', '', 'send a number'],
    ['journeyDays', Number.NaN, '', 'send a number'],
    ['journeyDays', 1.5, '', 'whole number'],
    ['journeyDays', -1, '', 'must be 0 or more'],
    ['journeyDays', 4000, '', 'must be 3650 or less'],
    ['account1', 'I left', '', 'send an object'],
    ['account1', {}, '', 'original words'],
    ['account1', { original: '' }, '/original', 'send words'],
    ['account1', { original: 'a\0' }, '/original', 'no text'],
    ['account1', { original: 'x', originalLanguage: 'Kinyarwanda!' }, '/originalLanguage', 'language tag'],
    ['account1', { original: 'x', interpreterUnsure: 'no' }, '/interpreterUnsure', 'true or false'],
    ['account1', { original: 'x'.repeat(50_001) }, '/original', 'at most 50000'],
    ['service.duty', ['kitchen'], '', 'one code'],
  ])('refuses %s: %j', (question, value, pointer, message) => {
    expect(checkValue(plan, question, value)).toEqual({
      ok: false,
      pointer,
      message: expect.stringContaining(message),
    });
  });

  it('never throws, whatever is sent', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(plan.byId)), fc.anything(), (question, value) => {
        expect(typeof checkValue(plan, question, value).ok).toBe('boolean');
      }),
    );
  });
});
