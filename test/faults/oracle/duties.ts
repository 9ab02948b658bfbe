import { type KeyObject, verify } from 'node:crypto';
import { type Evidence, type Finding, lost, wrong } from './finding.js';
import { type Arrived, readReceiverLog } from './receiver-log.js';

/**
 * Who must be told, worked out anew: each excluded decision, confirmed suspicion and correction, times the authorities that the
 * rules in force on its day name for its grounds, without those of a country the person is connected with. A correction goes
 * to whoever was told of what it corrects.
 */
const EXPECTED = `
  WITH cause AS (
    SELECT d.id, d.case_id, 'exclusion' AS kind, d.decided_at AS at, ARRAY(SELECT DISTINCT a.ground
      FROM decision_allegation a WHERE a.decision_id = d.id AND a.stands) AS grounds
    FROM decision d WHERE d.outcome = 'excluded'
    UNION ALL
    SELECT s.id, s.case_id, 'suspicion', s.decided_at, coalesce(nullif(ARRAY(SELECT DISTINCT a.ground FROM allegation a
      WHERE a.id = ANY (s.allegation_ids)), '{}'), '{1F(a)}')
    FROM suspicion_decision s WHERE s.suspicion AND s.outcome = 'confirmed'),
  rule AS (
    SELECT DISTINCT ON (cause.id, r.id) cause.id AS cause_id, cause.case_id, cause.kind, r.authority_id, r.kinds, r.grounds,
      r.countries, cause.grounds AS about
    FROM cause JOIN competence_rule r ON (cause.at AT TIME ZONE 'Europe/Brussels')::date
      BETWEEN r.valid_from AND coalesce(r.valid_until, 'infinity')
    ORDER BY cause.id, r.id, r.version DESC),
  told AS (
    SELECT DISTINCT cause_id, rule.kind, authority_id FROM rule JOIN authority a ON a.id = authority_id
    WHERE rule.kind = ANY (kinds) AND rule.grounds && about AND a.disabled_at IS NULL
      AND NOT EXISTS (SELECT FROM person_country p WHERE p.case_id = rule.case_id AND p.country IN (a.country, a.represents))
      AND (countries IS NULL OR EXISTS (SELECT FROM person_country p WHERE p.case_id = rule.case_id AND p.dropped_by IS NULL
        AND p.country = ANY (countries))))
  SELECT cause_id, kind, authority_id FROM told
  UNION ALL
  SELECT DISTINCT c.id, 'correction', o.authority_id FROM correction c JOIN told t ON t.cause_id = c.decision_id
    JOIN obligation o ON o.cause_id = t.cause_id`;

const OBLIGATIONS = `
  SELECT o.id, o.cause_id, o.kind, o.authority_id, a.channel, p.body_sha256 AS receipt_sha256, p.proof,
    coalesce((SELECT e.sha256 FROM envelope e WHERE e.referral_id = o.id AND a.channel IN ('webhook', 'file')), r.body_sha256) AS sent_sha256,
    r.body_sha256 AS package_sha256,
    x.done_at IS NOT NULL AS done,
    EXISTS (SELECT FROM person_country c WHERE c.case_id = o.case_id AND c.country IN (a.country, a.represents)) AS blocked
  FROM obligation o JOIN authority a ON a.id = o.authority_id LEFT JOIN referral r ON r.id = o.id
    LEFT JOIN receipt p ON p.referral_id = o.id LEFT JOIN outbox x ON x.referral_id = o.id`;

interface Expected {
  readonly cause_id: string;
  readonly kind: string;
  readonly authority_id: string;
}

interface Obligation extends Expected {
  readonly id: string;
  readonly channel: string;
  /** Of the bytes that leave: the envelope where one is made, else the package. */
  readonly sent_sha256: string | null;
  readonly package_sha256: string | null;
  readonly receipt_sha256: string | null;
  readonly proof: string | null;
  readonly done: boolean;
  readonly blocked: boolean;
}

export interface Counted {
  readonly causes: number;
  readonly obligations: number;
  readonly receipts: number;
}

/** O1: causes times authorities, obligations, receipts and the receiver's ids are the same; each receipt is its signer's word. */
export async function checkDuties(evidence: Evidence): Promise<{ findings: Finding[]; counted: Counted }> {
  const expected = await evidence.ask<Expected>(EXPECTED);
  const obligations = await evidence.ask<Obligation>(OBLIGATIONS);
  const arrived = readReceiverLog(evidence.receiverLog);
  const due = new Set(expected.map(nameOf));
  const there = new Map<string, number>();
  for (const one of obligations) there.set(nameOf(one), (there.get(nameOf(one)) ?? 0) + 1);
  const findings = [
    ...[...due].filter((name) => !there.has(name)).map((name) => lost('O1', `no obligation for ${name}`)),
    ...[...there].filter(([name]) => !due.has(name)).map(([name]) => wrong('O1', `nothing obliges to ${name}`)),
    ...[...there].filter(([, n]) => n > 1).map(([name, n]) => wrong('O1', `${n} obligations for ${name}`)),
    ...obligations.flatMap((one) => ofObligation(one, arrived, evidence)),
    ...unknownIds(arrived, obligations, evidence),
  ];
  const counted = {
    causes: new Set(expected.map(({ cause_id }) => cause_id)).size,
    obligations: obligations.length,
    receipts: obligations.filter(({ proof }) => proof !== null).length,
  };
  return { findings, counted };
}

const nameOf = ({ cause_id, kind, authority_id }: Expected): string => `${kind} ${cause_id} at ${authority_id}`;

function ofObligation(one: Obligation, arrived: ReadonlyMap<string, Arrived>, evidence: Evidence): Finding[] {
  if (one.blocked) return [wrong('O1', `${one.id} is for a blocked recipient`)];
  if (one.proof === null) return [lost('O1', `${one.kind} referral ${one.id} has no receipt`)];
  const findings: Finding[] = [];
  if (!one.done) findings.push(wrong('O1', `${one.id} has a receipt and is still tried`));
  // Before an older backup was restored it may have left in another envelope: then the package in it counts.
  const again = evidence.restored?.obligations.has(one.id) ?? false;
  const fits = (body: string | null | undefined): boolean =>
    body !== undefined && (body === one.sent_sha256 || (again && body === one.package_sha256));
  if (!fits(one.receipt_sha256)) findings.push(wrong('O1', `the receipt of ${one.id} is for another body`));
  const abroad = one.channel === 'webhook' || one.channel === 'file';
  const claim = signedClaim(one.proof, abroad ? evidence.receiverKey : evidence.installationKey);
  if (claim?.referralId !== one.id || !(fits(claim.bodySha256) || fits(claim.packageSha256)))
    findings.push(wrong('O1', `the receipt of ${one.id} is not its recipient's signed word for this body`));
  if (!abroad) return findings;
  const taken = arrived.get(one.id);
  if (!taken) findings.push(lost('O1', `${one.id} has a receipt, and the receiver does not know it`));
  else if (!fits(taken.bodySha256) && !fits(taken.packageSha256))
    findings.push(wrong('O1', `the receiver has another body of ${one.id}`));
  else if (taken.receipt !== one.proof) findings.push(wrong('O1', `the receiver signed another receipt for ${one.id}`));
  return findings;
}

/** What came after a backup that was restored is lost here by its nature: the receiver keeps it, and the reconciler must show it. */
function unknownIds(
  arrived: ReadonlyMap<string, Arrived>,
  obligations: readonly Obligation[],
  { restored }: Evidence,
): Finding[] {
  const known = new Set(obligations.filter(({ channel }) => channel !== 'inbox').map(({ id }) => id));
  return [...arrived.keys()]
    .filter((id) => !known.has(id) && !restored?.obligations.has(id))
    .map((id) => wrong('O1', `the receiver has ${id}, we do not`));
}

interface Claim {
  readonly referralId?: string;
  readonly bodySha256?: string;
  readonly packageSha256?: string;
}

/** The content of a compact JWS (EdDSA) when that key signed it. */
function signedClaim(jws: string, key: KeyObject): Claim | undefined {
  const [head, payload, signature] = jws.split('.');
  if (!head || !payload || !signature) return undefined;
  if (!verify(null, Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'))) return undefined;
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claim;
}
