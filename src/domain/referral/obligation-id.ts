import { v5 } from 'uuid';
import type { ReferralKind } from './file.js';

const NAMESPACE = '6a0d5a6e-1f00-5c3e-9d4b-52f1c0a7e1f1';

/** The same duty has the same id wherever and however often it is computed (UUIDv5). */
export const obligationId = (causeId: string, authorityId: string, kind: ReferralKind): string =>
  v5(`${causeId}/${authorityId}/${kind}`, NAMESPACE);
