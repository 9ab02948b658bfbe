import type { DeadlinesService } from '../deadlines/deadlines.service.js';
import type { Tx } from '../platform/database/database.js';
import type { DataKey } from '../platform/database/sealing.js';
import type { Write } from '../platform/database/write.js';
import type { BlockedRecipientView } from './blocked-recipients.view.js';

/** Tells the unit that a recipient was told before it came to be barred: two persons close what is open towards it. */
export const BLOCKED_CLOCK = 'blockedRecipient';

interface Row {
  readonly referral_id: string;
  readonly authority: string;
  readonly name: string;
  readonly kind: BlockedRecipientView['kind'];
  readonly made_at: Date;
  readonly received_at: Date | null;
  readonly acknowledged_at: Date | null;
  readonly owed: readonly string[];
  readonly closing_id: string | null;
  readonly asked_by: string | null;
  readonly asker: string | null;
  readonly asked_at: Date | null;
  readonly confirmer: string | null;
  readonly confirmed_at: Date | null;
  readonly seq: number | null;
  readonly payload: Buffer | null;
}

/** Starts that clock for what was referred to a recipient that `bars` will bar, in the command that records what bars. */
export async function tellOfBlocked(
  deadlines: DeadlinesService,
  tx: Tx,
  write: Write,
  caseId: string,
  bars: { readonly authorityId?: string | null; readonly countries: readonly string[] },
): Promise<void> {
  const told = await tx.rows<{ id: string }>(
    `SELECT r.id FROM referral r JOIN authority a ON a.id = r.authority_id
     WHERE r.case_id = $1 AND (a.id = $2 OR a.lands && $3)
       AND NOT EXISTS (SELECT FROM deadline d WHERE d.subject_id = r.id AND d.kind = $4 AND d.met_at IS NULL AND d.ended_at IS NULL)
       AND NOT EXISTS (SELECT FROM blocked_closing g WHERE g.referral_id = r.id AND g.outcome = 'confirmed' AND g.lapsed_at IS NULL)`,
    [caseId, bars.authorityId ?? null, bars.countries, BLOCKED_CLOCK],
    'told_and_barred',
  );
  for (const { id } of told) await deadlines.startInTx(tx, write, { caseId, subjectId: id }, BLOCKED_CLOCK);
}

/** What was referred to recipients that the file bars now, and what each holds and owes; oldest first. */
export async function blockedRecipientsInTx(
  tx: Tx,
  key: DataKey,
  caseId: string,
  actorId: string,
): Promise<BlockedRecipientView[]> {
  const rows = await tx.rows<Row>(BLOCKED, [caseId, BLOCKED_CLOCK], 'blocked_recipients');
  return rows.map((row) => viewOf(row, key, caseId, actorId));
}

function viewOf(row: Row, key: DataKey, caseId: string, actorId: string): BlockedRecipientView {
  const { referral_id: referralId, received_at: receivedAt } = row;
  const reason =
    row.seq === null || row.payload === null
      ? ''
      : key.open<{ reason: string }>(row.payload, `event:${referralId}:${row.seq}`).reason;
  return {
    authority: row.authority,
    name: row.name,
    referralId,
    kind: row.kind,
    says: receivedAt
      ? `${row.name} received this on ${receivedAt.toISOString()}, before the file barred it, and holds it. It sees the case no more, can answer nothing here, and is told nothing more.`
      : `Nothing of this reached ${row.name}: the file bars it, and it is held.`,
    madeAt: row.made_at.toISOString(),
    receivedAt: receivedAt?.toISOString() ?? null,
    acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
    owed: row.owed,
    closing:
      row.closing_id === null
        ? null
        : {
            id: row.closing_id,
            askedBy: row.asker!,
            askedAt: row.asked_at!.toISOString(),
            reason,
            confirmedBy: row.confirmer,
            confirmedAt: row.confirmed_at?.toISOString() ?? null,
          },
    next: nextOf(row, caseId, actorId),
  };
}

function nextOf(row: Row, caseId: string, actorId: string): string[] {
  const at = `POST /api/referrals/${row.referral_id}/closings`;
  if (row.confirmed_at) return [];
  if (row.closing_id !== null)
    return row.asked_by === actorId
      ? [`Somebody else confirms that it is closed. You may take it back: ${at}/${row.closing_id}/refusal.`]
      : [
          `Confirm that it is closed: ${at}/${row.closing_id}/confirmation.`,
          `Refuse it: ${at}/${row.closing_id}/refusal.`,
        ];
  const unlawful =
    row.received_at && row.kind !== 'correction'
      ? [
          `Where it should never have been sent, say so: REPORT_UNLAWFUL_TRANSMISSION (POST /api/cases/${caseId}/commands).`,
        ]
      : [];
  return [...unlawful, `Close what is open towards it, with the reason; a second person confirms it: ${at}.`];
}

/** $1: the case; $2: the clock that is not the recipient's. The asking's reason is in the referral's own history. */
const BLOCKED = `
  SELECT r.id AS referral_id, a.code AS authority, a.name, r.kind, r.created_at AS made_at, p.received_at, k.acknowledged_at,
    ARRAY(SELECT d.kind FROM deadline d WHERE d.subject_id = r.id AND d.met_at IS NULL AND d.ended_at IS NULL AND d.kind <> $2
      ORDER BY d.kind) AS owed,
    g.id AS closing_id, g.asked_by, asker.display_name AS asker, g.asked_at, ender.display_name AS confirmer,
    g.ended_at AS confirmed_at, e.seq, e.payload
  FROM referral r JOIN authority a ON a.id = r.authority_id
  LEFT JOIN receipt p ON p.referral_id = r.id LEFT JOIN acknowledgement k ON k.referral_id = r.id
  LEFT JOIN blocked_closing g ON g.referral_id = r.id AND g.outcome IS DISTINCT FROM 'refused' AND g.lapsed_at IS NULL
  LEFT JOIN app_user asker ON asker.id = g.asked_by LEFT JOIN app_user ender ON ender.id = g.ended_by
  LEFT JOIN event e ON e.aggregate_id = r.id AND e.type = 'ASK_CLOSING' AND e.facets ->> 'closing' = g.id::text
  WHERE r.case_id = $1 AND f1_blocked(r.case_id, r.authority_id) ORDER BY r.created_at, r.id`;
