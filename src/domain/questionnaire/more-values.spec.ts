import { describe, expect, it } from '@jest/globals';
import fc from '../../../test/support/properties.js';
import { ask, planOf, played, shown } from '../../../test/factories/one-section.js';
import { answersOf, evaluate } from './session.js';
import { checkValue } from './values.js';

const plan = planOf([
  ask('children', 'integer', { min: 0, max: 30 }),
  ask('height', 'decimal'),
  ask('when', 'date'),
  ask('superior', 'person'),
  ask('card', 'document'),
  ask('groups', 'multiChoice'),
  ask('next', 'text', { text: { en: '{when|then} {superior|somebody} {card|a card}?' } }),
]);
const caseDocument = '018f2f3a-7c1b-7def-8123-456789abcdef';

describe('values of the later types', () => {
  it.each<[string, unknown]>([
    ['children', 3],
    ['height', 1.75],
    ['superior', { given: 'Rudolf', family: 'Rassendyll', relationship: 'commander', role: 'king' }],
    ['superior', { known: 'the Old Fox' }],
    ['superior', { said: 'my uncle’s friend' }],
    ['card', { kind: 'service card', number: 'R-17', issued: '1993', by: 'Royal Guard' }],
    ['card', { kind: 'passport', issued: { calendar: 'ethiopian', date: '1986-13-05', edtf: '1994-09-10' } }],
    ['card', { document: caseDocument }],
    ['groups', ['a', 'b']],
    ['groups', ['c']],
  ])('takes %s: %j', (question, value) => {
    expect(checkValue(plan, question, value)).toEqual({ ok: true, value });
  });

  it.each<[string, unknown, string, string]>([
    ['children', 2.5, '', 'whole number'],
    ['children', 31, '', 'must be 30 or less'],
    ['height', '1.75', '', 'send a number'],
    ['superior', 'Rudolf', '', 'send an object: somebody'],
    ['superior', {}, '', 'send somebody'],
    ['superior', { given: ' ' }, '/given', 'send words'],
    ['superior', { name: 'Rudolf' }, '/name', 'no such key'],
    ['card', {}, '', 'send a document'],
    ['card', { number: 17 }, '/number', 'send words'],
    ['card', { kind: 'passport', issued: 'spring' }, '/issued', 'is not a date'],
    ['card', { kind: 'passport', issued: { calendar: 'islamic', date: '1414-13' } }, '/issued/date', 'months 01 to 12'],
    ['card', { document: 'card.pdf' }, '/document', 'id of a document'],
    ['card', ['passport'], '', 'send an object'],
    ['when', { calendar: 'julian', date: '1994' }, '/calendar', 'one of solarHijri, ethiopian, islamic'],
    ['when', { calendar: 'ethiopian', date: 1986 }, '/date', 'send a date'],
    ['when', { calendar: 'ethiopian', date: '1986', said: '' }, '/said', 'send words'],
    ['when', { calendar: 'ethiopian', date: '1986', year: 1 }, '/year', 'no such key'],
    ['groups', ['a', 'c'], '/1', '"c" stands alone'],
  ])('refuses %s: %j', (question, value, pointer, message) => {
    expect(checkValue(plan, question, value)).toEqual({
      ok: false,
      pointer,
      message: expect.stringContaining(message),
    });
  });

  it('keeps a date as written in its calendar, with our conversion beside it', () => {
    const sent = { calendar: 'solarHijri', date: ' 1373-01 ', said: 'after Nowruz', edtf: '2024' };
    const kept = { calendar: 'solarHijri', date: '1373-01', said: 'after Nowruz', edtf: '[1994-03-21..1994-04-20]' };
    expect(checkValue(plan, 'when', sent)).toEqual({ ok: true, value: kept });
    expect(checkValue(plan, 'when', kept)).toEqual({ ok: true, value: kept });
  });

  it('are piped in words', () => {
    const words = (answers: Record<string, unknown>) => shown(played(plan, answers), 'next').text;
    expect(words({})).toBe('then somebody a card?');
    const dated = { calendar: 'solarHijri', date: '1373/1375' };
    expect(
      words({ when: dated, superior: { given: 'Rudolf', family: 'Rassendyll' }, card: { kind: 'Card', number: '7' } }),
    ).toBe('1373/1375 (Solar Hijri) Rudolf Rassendyll Card 7?');
    expect(words({ superior: { known: 'the Old Fox' }, card: { said: 'a green one' } })).toBe(
      'then the Old Fox a green one?',
    );
  });

  it('are resumed as they were', () => {
    const answers = { when: { calendar: 'islamic', date: '1414' }, superior: { said: 'him' }, card: { kind: 'card' } };
    const session = played(plan, answers);
    expect(answersOf(evaluate(plan, session.context, answersOf(session)))).toEqual(answersOf(session));
  });

  it('never throw, whatever is sent', () => {
    const loose = fc.oneof(
      fc.anything(),
      fc.record({ calendar: fc.anything(), date: fc.oneof(fc.string(), fc.anything()) }),
      fc.record({ issued: fc.anything(), kind: fc.anything() }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(plan.byId)), loose, (question, value) => {
        expect(typeof checkValue(plan, question, value).ok).toBe('boolean');
      }),
    );
  });
});
