import { createMongoAbility, type MongoAbility, type RawRuleOf } from '@casl/ability';
import type { Role } from '../platform/http/actor.js';

/**
 * Who may use which endpoint: the only place where that is said. Every route names its action and subject with `@Allows`;
 * what is not listed here is refused. Below it row-level security decides which rows a role sees, and the statecharts which
 * command fits the state.
 */
export const ACTIONS = ['read', 'create', 'add', 'edit', 'command', 'use'] as const;
export const SUBJECTS = [
  'Case',
  'Interview',
  'Document',
  'Recording',
  'Submission',
  'Disclosure',
  'ThirdPerson',
  'Agreement',
  'Package',
  'Allegation',
  'Assignment',
  'Referral',
  'Grant',
  'Reconsideration',
  'Request',
  'Hold',
  'PersonRequest',
  'PersonSearch',
  'Questionnaire',
  'Workflow',
  'Authority',
  'Colleague',
  'Audit',
  'Statistics',
  'Task',
  'OwnAccount',
] as const;

export type Action = (typeof ACTIONS)[number];
export type Subject = (typeof SUBJECTS)[number];
export type Ability = MongoAbility<[Action, Subject]>;

/** Subjects whose content is an applicant's data. */
const PERSONAL: readonly Subject[] = [
  'Case',
  'Interview',
  'Document',
  'Recording',
  'Submission',
  'Disclosure',
  'ThirdPerson',
  'Agreement',
  'Package',
  'Allegation',
  'Assignment',
  'Referral',
  'Grant',
  'Reconsideration',
  'Request',
  'Hold',
];

/** Every read of these, and every refusal, goes to the access log; looking into that log does too. */
export const LOGGED: readonly Subject[] = [...PERSONAL, 'PersonRequest', 'PersonSearch', 'Task', 'Audit'];

type Rule = RawRuleOf<Ability>;

const everybody: Rule[] = [{ action: ['read', 'use'], subject: 'OwnAccount' }];
const definitions: Rule = { action: 'read', subject: ['Questionnaire', 'Workflow', 'Authority'] };

/** The asylum side works on one file; who of them may send which command is in the statechart. */
const onTheFile: Rule[] = [
  definitions,
  { action: 'read', subject: [...PERSONAL, 'Colleague', 'Task'] },
  { action: 'command', subject: ['Case', 'Interview'] },
  { action: ['create', 'edit'], subject: 'Assignment' },
  // That a package may leave incomplete: anybody on the file may ask, a reviewer decides.
  { action: 'create', subject: 'Package' },
];

/** Interviewers also make the record. */
const interviewing: Rule[] = [
  ...onTheFile,
  { action: 'create', subject: 'Interview' },
  { action: ['add', 'edit'], subject: 'Interview' },
  { action: 'edit', subject: 'Case' },
  {
    action: 'add',
    subject: ['Document', 'Recording', 'Submission', 'Disclosure', 'Referral', 'ThirdPerson', 'Agreement', 'Package'],
  },
  { action: 'edit', subject: 'ThirdPerson' },
];

/** Reviewers let leave what is withheld otherwise: the whereabouts of somebody named, a package with gaps. */
const reviewing: Rule[] = [...onTheFile, { action: 'command', subject: ['ThirdPerson', 'Package'] }];

/** What recipients may read of a file, and what they are answered, also about persons who were not referred. */
const answering: Rule[] = [
  { action: ['create', 'edit'], subject: 'Grant' },
  { action: 'edit', subject: ['Request', 'Hold'] },
  { action: ['read', 'edit'], subject: 'PersonRequest' },
  { action: 'read', subject: 'PersonSearch' },
];

const RULES: Readonly<Record<Role, readonly Rule[]>> = {
  caseOfficer: [...interviewing, { action: 'create', subject: 'Case' }],
  officer1F: [...interviewing, { action: 'edit', subject: ['Allegation', 'Request'] }],
  reviewer: reviewing,
  legalAdviser: [...reviewing, ...answering],
  decisionMaker: [
    ...onTheFile,
    ...answering,
    { action: 'edit', subject: 'Reconsideration' },
    { action: 'add', subject: ['Document', 'Submission', 'Disclosure', 'Referral'] },
  ],
  prosecutor: [
    { action: ['read', 'command'], subject: 'Referral' },
    { action: ['read', 'create'], subject: ['Grant', 'Request', 'Hold', 'PersonRequest'] },
    { action: 'read', subject: ['Authority', 'Workflow'] },
  ],
  author: [
    definitions,
    { action: ['create', 'edit', 'command'], subject: 'Questionnaire' },
    { action: 'read', subject: 'Task' },
  ],
  auditor: [definitions, { action: 'read', subject: ['Audit', 'Statistics', 'Colleague', 'Task'] }],
  operator: [{ action: 'read', subject: ['Workflow', 'Authority', 'Task'] }],
};

/** What these roles may do together. */
export function abilityOf(roles: readonly Role[]): Ability {
  return createMongoAbility<Ability>([...everybody, ...roles.flatMap((role) => RULES[role])]);
}

/** The roles for which this is allowed, for a refusal that says who can help. */
export function rolesWhoMay(action: Action, subject: Subject): Role[] {
  return (Object.keys(RULES) as Role[]).filter((role) => abilityOf([role]).can(action, subject));
}
