import type { MigrationFacts, QuestionnaireFacts } from '../domain/workflow/vocabulary/questionnaire.js';
import type { Actor } from '../platform/http/actor.js';
import type { Proof } from './proof.js';
import type { VersionCommandDto } from './version-command.dto.js';
import type { VersionFactsRow, VersionRow } from './version.store.js';

export interface VersionSituation {
  readonly actor: Actor;
  readonly record: Pick<VersionRow, 'number' | 'body_hash'>;
  readonly row: VersionFactsRow;
  readonly proof: Pick<Proof, 'clean' | 'scenariosPass'>;
  /** To the newest version in use; none for the first version of a questionnaire. */
  readonly difference: { readonly against: string; readonly hash: string } | undefined;
}

const NO_MIGRATION: MigrationFacts = { open: false, actorProposed: false, tried: false, fits: false, goesBack: false };

/** The facts on which the questionnaire chart decides one command; without one, those on which it lists what is allowed. */
export function versionFacts(situation: VersionSituation, command?: VersionCommandDto): QuestionnaireFacts {
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
    migration: NO_MIGRATION,
  };
}
