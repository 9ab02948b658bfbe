import { describe, expect, it } from '@jest/globals';
import { consequencesOf, feedbackFaults, type FeedbackGiven, feedbackKinds, type FeedbackKind } from './feedback.js';

describe('feedback', () => {
  it.each<[FeedbackGiven, { ends: boolean; clears: boolean }]>([
    [{ kind: 'received' }, { ends: false, clears: false }],
    [{ kind: 'shelved' }, { ends: false, clears: false }],
    [{ kind: 'disposed' }, { ends: true, clears: false }],
    [{ kind: 'extraditionAsked' }, { ends: false, clears: false }],
    [{ kind: 'transferred' }, { ends: true, clears: false }],
    [
      { kind: 'outcome', outcome: 'convicted' },
      { ends: true, clears: false },
    ],
    [
      { kind: 'outcome', outcome: 'discontinued' },
      { ends: true, clears: false },
    ],
    [
      { kind: 'outcome', outcome: 'acquitted' },
      { ends: true, clears: true },
    ],
    [
      { kind: 'outcome', outcome: 'noOffence' },
      { ends: true, clears: true },
    ],
    [
      { kind: 'outcome', outcome: 'mistakenIdentity' },
      { ends: true, clears: true },
    ],
  ])('%j has the consequences %j', (given, expected) => {
    expect(consequencesOf(given)).toEqual(expected);
  });

  it.each<[FeedbackGiven, string[]]>([
    [{ kind: 'outcome' }, ['/outcome']],
    [{ kind: 'charged', outcome: 'convicted' }, ['/outcome']],
    [{ kind: 'incomplete' }, ['/missing']],
    [{ kind: 'opened', missing: ['the recording'] }, ['/missing']],
    [{ kind: 'incomplete', missing: ['the recording'] }, []],
    [{ kind: 'outcome', outcome: 'acquitted' }, []],
  ])('of the form %j has its faults at %j', (given, pointers) => {
    expect(feedbackFaults(given).map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('explains every kind in a sentence of its own', () => {
    const sentences = (Object.keys(feedbackKinds) as FeedbackKind[]).map((kind) => feedbackKinds[kind].says);
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});
