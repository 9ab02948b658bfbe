import type { CertificateName } from '../identity/certificates.service.js';
import type { Role } from '../platform/http/actor.js';

export interface DemoAccount {
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly unit?: string;
  readonly authority?: string;
  readonly certificate?: { readonly name: CertificateName; readonly expired?: true };
}

/** Invented people, at least one per role; a second one wherever the law wants a second pair of eyes. */
export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  { username: 'officer', displayName: 'Odile Demo', roles: ['caseOfficer'], unit: 'central' },
  { username: 'officer-north', displayName: 'Norbert Demo', roles: ['caseOfficer'], unit: 'north' },
  {
    username: 'interviewer',
    displayName: 'Ines Demo',
    roles: ['officer1F'],
    unit: 'central',
    certificate: { name: 'interview1F' },
  },
  {
    username: 'analyst',
    displayName: 'Anton Demo',
    roles: ['officer1F'],
    unit: 'central',
    certificate: { name: 'interview1F' },
  },
  {
    username: 'reviewer',
    displayName: 'Rosa Demo',
    roles: ['reviewer'],
    unit: 'central',
    certificate: { name: 'review1F' },
  },
  {
    username: 'reviewer-expired',
    displayName: 'Egon Demo',
    roles: ['reviewer'],
    unit: 'central',
    certificate: { name: 'review1F', expired: true },
  },
  {
    username: 'legal',
    displayName: 'Lena Demo',
    roles: ['legalAdviser'],
    unit: 'central',
    certificate: { name: 'review1F' },
  },
  {
    username: 'decider',
    displayName: 'Dario Demo',
    roles: ['decisionMaker'],
    unit: 'central',
    certificate: { name: 'decide1F' },
  },
  {
    username: 'second-decider',
    displayName: 'Dalia Demo',
    roles: ['decisionMaker'],
    unit: 'central',
    certificate: { name: 'decide1F' },
  },
  { username: 'prosecutor', displayName: 'Petra Demo', roles: ['prosecutor'], authority: 'demo-prosecution' },
  { username: 'war-crimes', displayName: 'Walter Demo', roles: ['prosecutor'], authority: 'demo-war-crimes-unit' },
  { username: 'author', displayName: 'Aude Demo', roles: ['author'] },
  { username: 'second-author', displayName: 'Amadou Demo', roles: ['author'] },
  { username: 'auditor', displayName: 'August Demo', roles: ['auditor'] },
  { username: 'operator', displayName: 'Oskar Demo', roles: ['operator'] },
];

/** On whose list of tasks it comes where nobody is assigned. */
export const DEMO_LEADS = [
  { unit: 'central', username: 'decider' },
  { unit: 'north', username: 'officer-north' },
] as const;
