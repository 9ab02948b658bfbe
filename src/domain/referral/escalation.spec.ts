import { describe, expect, it } from '@jest/globals';
import { addressees, answerers, seconders, type Staff, stepReached } from './escalation.js';

const nobody: Staff = { assigned: [], lead: null, decisionMaker: null, colleagues: [] };
const officer = { userId: 'officer', role: 'caseOfficer' };
const reviewer = { userId: 'reviewer', role: 'reviewer' };
const decider = { userId: 'decider', role: 'decisionMaker' };

describe('a step of a deadline', () => {
  it.each([
    [0, 0],
    [49, 0],
    [50, 50],
    [79, 50],
    [80, 80],
    [99, 80],
    [100, 100],
    [5000, 100],
  ])('after %d of 100 is %d', (now, step) => {
    expect(stepReached({ halfAt: 50, mostAt: 80, dueAt: 100 }, now)).toBe(step);
  });
});

describe('the person who is told', () => {
  it.each([
    [
      'is who is assigned for that work',
      50,
      ['reviewer'],
      { assigned: [officer, reviewer], lead: 'lead' },
      ['reviewer'],
    ],
    [
      'is the officer where nobody is assigned for it',
      80,
      ['reviewer'],
      { assigned: [officer], lead: 'lead' },
      ['officer'],
    ],
    ['is the lead of the unit where nobody is assigned', 50, [], { lead: 'lead', decisionMaker: 'decider' }, ['lead']],
    ['is the decision-maker of the unit without a lead', 50, [], { decisionMaker: 'decider' }, ['decider']],
    [
      'is joined by the lead at the end',
      100,
      ['caseOfficer'],
      { assigned: [officer], lead: 'lead' },
      ['officer', 'lead'],
    ],
    [
      'is joined by the assigned decision-maker first',
      100,
      [],
      { assigned: [officer, decider], decisionMaker: 'x' },
      ['officer', 'decider'],
    ],
    [
      'is told once who leads the unit too',
      100,
      ['caseOfficer'],
      { assigned: [officer], lead: 'officer' },
      ['officer'],
    ],
    ['is nobody where the unit has nobody', 100, ['caseOfficer'], {}, []],
  ] as [string, 50 | 80 | 100, string[], Partial<Staff>, string[]][])('%s', (_, step, roles, staff, told) => {
    expect(addressees(step, roles, { ...nobody, ...staff }).map(({ userId }) => userId)).toEqual(told);
  });

  it('is the lead from the first step too where no officer could do it', () => {
    const staff = { ...nobody, assigned: [officer], lead: 'lead' };
    expect(addressees(50, ['decisionMaker'], staff, true).map(({ userId }) => userId)).toEqual(['officer', 'lead']);
    expect(addressees(50, ['caseOfficer'], staff, true).map(({ userId }) => userId)).toEqual(['officer']);
    expect(addressees(0, ['caseOfficer'], staff, true, true).map(({ userId }) => userId)).toEqual(['officer', 'lead']);
  });

  it('is, as it begins, whoever can do it, else the lead, else an officer', () => {
    const told = (staff: Partial<Staff>) =>
      addressees(0, ['decisionMaker'], { ...nobody, ...staff }, true).map(({ userId }) => userId);
    expect(told({ assigned: [officer, decider], lead: 'lead' })).toEqual(['decider']);
    expect(told({ assigned: [officer], lead: 'lead' })).toEqual(['lead']);
    expect(told({ assigned: [officer] })).toEqual(['officer']);
  });

  it.each([
    ['is everybody who answers what belongs to no case', 80, ['legal', 'decider'], ['legal', 'decider']],
    ['is joined by the leads of all units at the end', 100, ['legal', 'decider'], ['legal', 'decider', 'north']],
    ['is the leads where nobody answers', 0, [], ['decider', 'north']],
  ] as [string, 0 | 80 | 100, string[], string[]][])('%s', (_, step, answer, told) => {
    expect(answerers(step, { answer, leads: ['decider', 'north'] }).map(({ userId }) => userId)).toEqual(told);
  });
});

describe('the second person', () => {
  const second = { userId: 'second', role: 'officer1F' };
  it.each([
    [
      'is whoever else is assigned for it',
      0,
      { assigned: [second, reviewer], colleagues: ['x'], lead: 'lead' },
      ['second assigned'],
    ],
    [
      'is anybody of the unit where nobody is',
      0,
      { assigned: [reviewer], colleagues: ['x', 'y'] },
      ['x seconds', 'y seconds'],
    ],
    ['is sought by the lead where there is none', 50, { assigned: [reviewer], lead: 'lead' }, ['lead leadsUnit']],
    ['is joined by the lead at the end', 100, { colleagues: ['x'], lead: 'lead' }, ['x seconds', 'lead leadsUnit']],
    ['is told once who leads the unit too', 100, { colleagues: ['lead'], lead: 'lead' }, ['lead seconds']],
  ] as const)('%s', (_, step, staff, told) => {
    const people = seconders(step, ['caseOfficer', 'officer1F'], { ...nobody, ...staff });
    expect(people.map(({ userId, because }) => `${userId} ${because}`)).toEqual(told);
  });
});
