import type { Ask, Findings } from './audit-findings.js';
import { isHeld, recordedRows, settingsRows } from './settings-record.js';

/**
 * Holds the settings against what operators applied: authorities, their keys, who is competent, how long deadlines run, accounts with
 * their roles and certificates, figures of law. Where nothing was applied since acts are kept, there is nothing to hold them against.
 */
export async function verifySettings(ask: Ask, findings: Findings): Promise<void> {
  const recorded = await recordedRows(ask);
  if (!recorded) return;
  const held = await settingsRows(ask);
  for (const [key, { sha256 }] of held) {
    const hash = recorded.get(key) ?? null;
    if (!isHeld(key, recorded)) continue;
    if (hash === null) findings.add('rowInserted', key, 'no operator applied it: it came past f1 apply');
    else if (hash !== sha256)
      findings.add('rowChanged', key, 'it is not what was applied: it was changed past f1 apply');
  }
  for (const [key, hash] of recorded) {
    if (hash !== null && !held.has(key)) findings.add('rowMissing', key, 'it was applied, and is not there any more');
  }
}
