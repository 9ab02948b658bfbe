import { describe, expect, it } from '@jest/globals';
import { ROLES } from '../platform/http/actor.js';
import { abilityOf, ACTIONS, rolesWhoMay, SUBJECTS } from './policy.js';

const FILE = ['Case', 'Interview', 'Document', 'Recording', 'Submission', 'Disclosure', 'Allegation'] as const;

describe('the policy', () => {
  it.each(['prosecutor', 'author', 'auditor', 'operator'] as const)('lets no %s near a file', (role) => {
    for (const subject of FILE) {
      for (const action of ACTIONS)
        expect([action, subject, abilityOf([role]).can(action, subject)]).toEqual([action, subject, false]);
    }
  });

  it('lets a prosecutor act on referrals, ask, and nothing else', () => {
    const may = SUBJECTS.flatMap((subject) =>
      ACTIONS.filter((action) => action !== 'read' && abilityOf(['prosecutor']).can(action, subject)).map(
        (action) => `${action} ${subject}`,
      ),
    );
    expect(may).toEqual([
      'command Referral',
      'create Grant',
      'create Request',
      'create Hold',
      'create PersonRequest',
      'use OwnAccount',
    ]);
    expect(rolesWhoMay('read', 'PersonSearch')).not.toContain('prosecutor');
    expect(rolesWhoMay('command', 'Referral')).toEqual(['prosecutor']);
  });

  it('shows questions only to those who ask or write them, never to prosecutors', () => {
    expect(rolesWhoMay('read', 'Questionnaire')).not.toContain('prosecutor');
  });

  it.each([
    ['create', 'Case', ['caseOfficer']],
    ['edit', 'Allegation', ['officer1F']],
    ['create', 'Interview', ['caseOfficer', 'officer1F']],
    ['read', 'Audit', ['auditor']],
    ['command', 'Case', ['caseOfficer', 'officer1F', 'reviewer', 'legalAdviser', 'decisionMaker']],
  ] as const)('lets only the right roles %s %s', (action, subject, roles) => {
    expect(rolesWhoMay(action, subject)).toEqual(roles);
  });

  it('lets nobody write to the audit', () => {
    for (const action of ACTIONS.filter((one) => one !== 'read')) expect(rolesWhoMay(action, 'Audit')).toEqual([]);
  });

  it('adds up the roles one person has, and gives everybody the own account', () => {
    expect(abilityOf(['auditor', 'author']).can('read', 'Audit')).toBe(true);
    expect(abilityOf(['auditor', 'author']).can('edit', 'Questionnaire')).toBe(true);
    for (const role of ROLES) expect(abilityOf([role]).can('read', 'OwnAccount')).toBe(true);
    expect(abilityOf([]).can('read', 'Case')).toBe(false);
  });
});
