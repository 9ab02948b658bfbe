import type { MigrationFacts, QuestionnaireFacts } from '../domain/workflow/vocabulary/questionnaire.js';
import type { Actor } from '../platform/http/actor.js';
import type { Proof } from './proof.js';
import type { VersionCommandDto } from './version-command.dto.js';
import type { VersionFactsRow, VersionRow } from './version.store.js';

/** What a proposal to move interviews says of itself. */
export interface Proposal {
  readonly fits: boolean;
  readonly goesBack: boolean;
}

export interface VersionSituation {
  readonly actor: Actor;
  readonly record: Pick<VersionRow, 'number' | 'body_hash'>;
  readonly row: VersionFactsRow;
  readonly proof: Pick<Proof, 'clean' | 'scenariosPass'>;
  /** To the newest version in use; none for the first version of a questionnaire. */
  readonly difference: { readonly against: string; readonly hash: string } | undefined;
}

/** The facts on which the questionnaire chart decides one command; without one, those on which it lists what is allowed. */
export function versionFacts(
  situation: VersionSituation,
  command?: VersionCommandDto,
  proposal?: Proposal,
): QuestionnaireFacts {
  const { actor, record, row, proof, difference } = situation;
  const seen = command?.type === 'APPROVE_QUESTIONNAIRE' ? command.differenceHash : undefined;
  return {
    actorRoles: actor.roles,
    actorIsAuthor: row.actor_is_author,
    lintIsClean: proof.clean && row.rivals.length === 0,
    scenariosPass: proof.scenariosPass,
    differenceSeen: difference === undefined || seen === difference.hash,
    inRelease: false, // what a person sends is no release
    numberIsNext: record.number > (row.highest_published ?? 0),
    approvalIsCurrent:
      row.approval?.body_hash === record.body_hash && row.approval.against === (difference?.against ?? null),
    anotherServes: row.another_serves,
    migration: migrationFacts(row, proposal),
  };
}

const migrationFacts = ({ migration }: VersionFactsRow, proposal?: Proposal): MigrationFacts => ({
  open: migration?.status === 'proposed',
  underWay: migration?.status === 'approved',
  actorProposed: migration?.own ?? false,
  tried: migration?.tried ?? false,
  fits: proposal?.fits ?? false,
  goesBack: proposal?.goesBack ?? false,
});
