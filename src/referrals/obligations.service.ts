import { Injectable } from '@nestjs/common';
import { type CaseFile, type Content, place, type ReferralKind } from '../domain/referral/file.js';
import type { Recipient } from '../domain/referral/package.js';
import { priorityFacets, priorityScore } from '../domain/referral/priority.js';
import type { Tx } from '../platform/database/database.js';
import { canonical, type DataKey, sha256 } from '../platform/database/sealing.js';
import type { Write } from '../platform/database/write.js';
import type { Obliged } from './duty-to-tell.js';
import { fitting } from './packages.service.js';
import { ReferralLifecycle } from './referral-lifecycle.js';
import type { Urgency } from './referral.store.js';

interface Cause {
  readonly causeId: string;
  readonly caseId: string;
  readonly key: DataKey;
  /** null: the system. */
  readonly actorId: string | null;
}

interface Entry {
  readonly id: string;
  readonly kind: ReferralKind;
  readonly caseReference: string;
  readonly recipient: Recipient;
  readonly rule: { ruleId: string; ruleVersion: number } | null;
  readonly corrects: string | null;
  /** What the first event tells of the correction that is told. */
  readonly correction?: { readonly id: string; readonly reason: string; readonly decision: string | null };
  readonly body: Content;
  /** What it was made from; nothing for a correction. */
  readonly file?: CaseFile;
  readonly urgency?: Urgency;
  readonly leavesAt?: Date | null;
}

/** Adds what one duty to tell one authority stands for. */
@Injectable()
export class ObligationsService {
  constructor(private readonly lifecycle: ReferralLifecycle) {}

  /** One obligation with everything that carries it to its recipient. */
  async addInTx(tx: Tx, write: Write, cause: Cause, entry: Entry): Promise<Obliged> {
    const { id, kind, recipient } = entry;
    const { causeId, caseId } = cause;
    const authorityId = recipient.authorityId;
    const text = canonical(fitting(entry.body));
    const { urgency = { person: {}, documentedGrounds: [] } } = entry;
    const facets = priorityFacets({ kind, ...urgency, grounds: recipient.grounds });
    const referral = {
      id,
      case_id: caseId,
      authority_id: authorityId,
      kind,
      corrects: entry.corrects,
      case_reference: entry.caseReference,
      legal_basis: recipient.legalBasis,
      grounds: recipient.grounds,
      body: cause.key.seal(text, place('referral', id)).bytes,
      body_sha256: sha256(text).toString('hex'),
      suspect_identified: facets.suspectIdentified,
      present_here: facets.presentHere,
      corroborated: facets.corroborated,
      priority: priorityScore(kind, facets),
    };
    const about = {
      authority: recipient.code,
      legalBasis: recipient.legalBasis,
      corrects: entry.corrects,
      bodySha256: referral.body_sha256,
      ...facets,
      priority: referral.priority,
      ...(entry.correction ? { correction: entry.correction } : {}),
    };
    const { dueAt } = await this.lifecycle.startInTx(tx, write, referral, {
      ...cause,
      facets: about,
      leavesAt: entry.leavesAt,
    });
    write
      .insert('cause_competence', {
        cause_id: causeId,
        case_id: caseId,
        authority_id: authorityId,
        rule_id: entry.rule?.ruleId ?? null,
        rule_version: entry.rule?.ruleVersion ?? null,
        legal_basis: recipient.legalBasis,
      })
      .insert('obligation', {
        id,
        cause_id: causeId,
        case_id: caseId,
        authority_id: authorityId,
        kind,
        due_at: dueAt,
        created_at: tx.now,
      })
      .insert('outbox', { referral_id: id, case_id: caseId, next_attempt_at: tx.now });
    for (const item of entry.file ? itemsNamed(entry.file, text) : [])
      write.insert('referral_item', { referral_id: id, case_id: caseId, ...item });
    return { obligationId: id, authorityId, legalBasis: recipient.legalBasis, dueAt };
  }
}

/** What of the file a package names: that, and no more, its recipient may open with it. */
function itemsNamed(file: CaseFile, sent: string): { kind: 'document' | 'recording' | 'questionnaire'; ref: string }[] {
  const items = [
    ...file.documents.map(({ id }) => ({ kind: 'document' as const, ref: id })),
    ...file.interviews.flatMap(({ recordings, questionnaires }) => [
      ...recordings.map(({ id }) => ({ kind: 'recording' as const, ref: id })),
      ...questionnaires.map(({ hash }) => ({ kind: 'questionnaire' as const, ref: hash })),
    ]),
  ];
  const named = items.filter(({ ref }) => sent.includes(ref));
  return [...new Map(named.map((item) => [`${item.kind} ${item.ref}`, item])).values()];
}
