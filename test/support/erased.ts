import { repeatErasures } from '../../src/cases/settled-erasures.js';
import { asOwner } from '../../src/platform/database/owner.js';

/** Erases a case as after a restore, where the ledger says that it was erased: then nobody asks what was awaited in it. */
export async function erasedAgain(ownerUrl: string, caseId: string): Promise<void> {
  const line = { number: 1, caseId, erasedAt: new Date().toISOString(), by: [] };
  await asOwner(ownerUrl, (owner) => repeatErasures(owner, [line]));
}
