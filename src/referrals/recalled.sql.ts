/**
 * Whether a referral was called back (its agreement revoked, the wrong person, unlawfully sent), so that it must not leave any more
 * where it has not yet arrived. A correction that says so leaves in its place. Asked as a value: as a join it is planned to read every
 * referral there is.
 */
export const isRecalled = (referralId: string): string =>
  `((SELECT recalled.suspended_at FROM referral recalled WHERE recalled.id = ${referralId}) IS NOT NULL)`;

/**
 * Whether its recipient has the file of referral `r` no longer: it was taken from it, or it answered that what was corrected is erased,
 * and what was corrected does not stand again. Of such a recipient nothing is awaited.
 */
export const hasNoFile = (
  r: string,
): string => `(${r}.suspended_at IS NOT NULL OR (${r}.corrected_at IS NOT NULL AND EXISTS (
  SELECT FROM referral told CROSS JOIN LATERAL (SELECT c.answer FROM correction_answer c WHERE c.referral_id = told.id
    ORDER BY c.answered_at DESC, c.id DESC LIMIT 1) said
  WHERE told.case_id = ${r}.case_id AND told.authority_id = ${r}.authority_id AND told.kind = 'correction'
    AND told.created_at >= ${r}.corrected_at AND said.answer = 'erased')))`;

/** Whether two persons closed what is open towards a recipient that the file bars: that counts for as long as it is barred. */
export const isClosedAsBlocked = (referralId: string): string => `EXISTS (
  SELECT FROM blocked_closing g JOIN referral shut ON shut.id = g.referral_id WHERE g.referral_id = ${referralId}
    AND g.outcome = 'confirmed' AND g.lapsed_at IS NULL AND f1_blocked(shut.case_id, shut.authority_id))`;

/** Whether obligation `o` is owed to whom the file bars. Written out, so that all of them are asked together. */
export const IS_BARRED = `(
      EXISTS (SELECT FROM authority a JOIN person_country p ON p.case_id = o.case_id AND p.country = ANY (a.lands)
        WHERE a.id = o.authority_id)
      OR EXISTS (SELECT FROM authority a JOIN persecution_actor x ON x.case_id = o.case_id AND x.withdrawn_at IS NULL
          AND (x.authority_id = a.id OR x.country = ANY (a.lands)) WHERE a.id = o.authority_id)
      OR EXISTS (SELECT FROM authority a JOIN third_person t ON t.case_id = o.case_id AND t.withdrawn_at IS NULL
          AND t.countries && a.lands WHERE a.id = o.authority_id))`;

/** Erased again after a restore that had brought it back before its receipt: it never leaves, and only a receipt made before still comes. */
export const isErased = (caseId: string): string =>
  `EXISTS (SELECT FROM data_key y WHERE y.case_id = ${caseId} AND y.erased_at IS NOT NULL)`;
