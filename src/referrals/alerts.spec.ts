import { describe, expect, it } from '@jest/globals';
import { alertMessage } from './alerts.js';

const REFERRAL = { referralId: '6f1c0000-0000-4000-8000-000000000001', address: 'inbox@example.org', dueAt: null };

describe('the mail that alerts an authority', () => {
  it.each(['referral', 'brokenStay'] as const)('says nothing about anybody: %s', (about) => {
    const { subject, text } = alertMessage({ ...REFERRAL, about }, 'f1@example.org', 'Europe/Brussels');
    expect(`${subject} ${text}`).not.toMatch(/remov|stay|person|6f1c/i);
  });

  it('is another message for each thing that it is about, and the same when it is sent again', () => {
    const idOf = (about: 'referral' | 'brokenStay') =>
      alertMessage({ ...REFERRAL, about }, 'f1@example.org', 'Europe/Brussels').messageId;
    expect(idOf('brokenStay')).toBe(idOf('brokenStay'));
    expect(idOf('brokenStay')).not.toBe(idOf('referral'));
  });
});
