import { createHash } from 'node:crypto';

/** The first 16 hex digits of the SHA-256. */
export const fingerprint = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
