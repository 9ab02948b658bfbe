import { createHash, randomUUID } from 'node:crypto';
import { accountId } from '../../src/demo/seed.js';
import { DEMO_ACCOUNTS } from '../../src/demo/accounts.js';
import type { RegisterCaseDto } from '../../src/cases/register-case.dto.js';
import type { CaseInstruction } from '../../src/cases/case-instruction.js';
import type { Actor } from '../../src/platform/http/actor.js';
import type { Preconditions } from '../../src/platform/http/preconditions.js';

/**
 * Eight real commands on a new case, by four people with their certificates. Six move the case and write what its chart
 * asks (clocks started and met), one proposes that the facts give rise to suspicion, and one confirms it: that one obliges,
 * so it seals a package for each of two authorities and puts both in the outbox.
 */
export const EIGHT_COMMANDS: readonly { readonly by: string; readonly instruction: CaseInstruction }[] = [
  { by: 'interviewer', instruction: { type: 'RETURN_TRIAGE', reasons: 'The unit of the applicant is not named.' } },
  { by: 'officer', instruction: { type: 'RESUBMIT_TRIAGE', note: 'The unit is now in the record.' } },
  { by: 'decider', instruction: { type: 'STAY_CLAIM', reasons: 'The applicant is in hospital.' } },
  { by: 'decider', instruction: { type: 'RESUME_CLAIM', note: 'The applicant is back.' } },
  { by: 'interviewer', instruction: { type: 'ACCEPT_TRIAGE', note: 'A roadblock calls for a focused interview.' } },
  { by: 'interviewer', instruction: { type: 'START_INTERVIEWING' } },
  {
    by: 'interviewer',
    instruction: {
      type: 'PROPOSE_SUSPICION',
      suspicion: true,
      reasons: 'The account of checking papers at the roadblock gives rise to suspicion.',
      allegationIds: [],
    },
  },
  { by: 'reviewer', instruction: { type: 'CONFIRM_SUSPICION', note: 'The account supports it.' } },
];

export const REGISTRATION: Omit<RegisterCaseDto, 'externalReference'> = {
  applicant: {
    familyName: 'Benchmark',
    givenNames: 'Bela',
    aliases: [],
    birthDate: '1971-04',
    sex: 'male',
    nationalities: ['RW'],
    residences: ['CD'],
  },
  countryOfOrigin: 'RW',
  procedureType: 'first',
  legacyIds: [],
};

/** A demo account as the authentication guard would resolve it. */
export function actorOf(username: string): Actor {
  const account = DEMO_ACCOUNTS.find((one) => one.username === username);
  if (!account) throw new Error(`there is no demo account ${username}`);
  const { displayName, roles, unit = null } = account;
  const session = { id: accountId(username), kind: 'bearer' as const };
  return { id: accountId(username), username, displayName, roles, unit, authorityId: null, session };
}

/** What a request that decided on this version says about itself. */
export function asked(version: number | undefined): Preconditions {
  const key = randomUUID();
  return { key, requestHash: createHash('sha256').update(key).digest('hex'), version };
}
