import type { Operator } from './format.js';

/** How conditions read in English; `Q` stands for the quoted question, `V` for what it is compared with. */
export const OPERATOR_PHRASES: Readonly<Record<Operator, string>> = {
  is: 'Q is V',
  isNot: 'Q is something other than V',
  isOneOf: 'Q is one of V',
  contains: 'Q includes V',
  containsAny: 'Q includes one of V',
  within: 'Q is V or part of it',
  above: 'Q is above V',
  below: 'Q is below V',
  atLeast: 'Q is at least V',
  atMost: 'Q is at most V',
  before: 'Q is before V',
  after: 'Q is after V',
  overlaps: 'Q falls at least partly in V',
  answered: 'Q was answered',
  unknown: 'the answer to Q is not known to the applicant',
  refused: 'the applicant did not wish to answer Q',
  notAsked: 'Q was not asked',
};

export const PHRASES = {
  and: ' and ',
  or: ' or ',
  neither: (parts: string) => `it is not so that ${parts}`,
  some: (repeat: string, where: string) => `for at least one item of ${repeat}, ${where}`,
  every: (repeat: string, where: string) => `for every item of ${repeat}, ${where}`,
  atLeast: (bound: number, repeat: string, where?: string) =>
    `${repeat} has at least ${bound} item(s)${where ? ` for which ${where}` : ''}`,
  atMost: (bound: number, repeat: string, where?: string) =>
    `${repeat} has at most ${bound} item(s)${where ? ` for which ${where}` : ''}`,
  doesNotHold: (clause: string) => `it does not hold that ${clause}`,
  isUnclear: (clause: string) => `it is unclear whether ${clause}`,
  always: 'Asked in every interview.',
  askedBecause: (clauses: string) => `Asked because ${clauses}.`,
  notAskedBecause: (clauses: string) => `Not asked because ${clauses}.`,
  withParent: (parent: string) => `Follows up ${parent}.`,
  child: 'Not asked because the applicant is not certainly adult.',
} as const;
