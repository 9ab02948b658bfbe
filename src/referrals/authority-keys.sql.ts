/** Of the key `y`. */
export const IN_FORCE = `y.revoked_at IS NULL AND y.valid_from <= f1_now() AND (y.valid_until IS NULL OR y.valid_until > f1_now())`;

/** Of the authority `a`: the public keys that verify its receipts now; the one it was given before keys had dates, while it has no other. */
export const RECEIPT_KEYS = `CASE WHEN EXISTS (SELECT FROM authority_key y WHERE y.authority_id = a.id AND y.purpose = 'receipt')
  THEN ARRAY(SELECT y.public_key FROM authority_key y WHERE y.authority_id = a.id AND y.purpose = 'receipt' AND ${IN_FORCE})
  ELSE array_remove(ARRAY[a.receipt_public_key], NULL) END`;

/** Of the authority `a`: the keys that an envelope is encrypted to now, all of them, so that it can change them without a gap. */
export const ENCRYPTION_KEYS = `(SELECT coalesce(jsonb_agg(jsonb_build_object('id', y.id, 'keyId', y.key_id,
    'publicKey', y.public_key) ORDER BY y.valid_from, y.key_id), '[]')
  FROM authority_key y WHERE y.authority_id = a.id AND y.purpose = 'encryption' AND ${IN_FORCE})`;
