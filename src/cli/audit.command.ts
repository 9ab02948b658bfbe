import { Command } from 'commander';
import { auditVerify } from '../audit/audit-verify.js';
import { keysFrom } from '../platform/keys/keys.js';
import { answer, withInstallation } from './installation-in-use.js';

export const auditCommand = (): Command =>
  new Command('audit').description('Check that nothing recorded was changed').addCommand(
    new Command('verify')
      .description('Verify every event chain, the access log and the signed ledger; exit 1 and say where when not ok')
      .option('--json', 'one line of JSON')
      .action(({ json }: { json?: boolean }) =>
        withInstallation(async ({ config, ownerUrl }) => {
          const result = await auditVerify(ownerUrl(), keysFrom(config), { witnessFile: config.F1_WITNESS_FILE });
          answer(result, json, () => [
            `${result.cases} cases, ${result.events} events, ${result.accesses} accesses, ${result.heads} signed heads, ${result.unsequenced} not yet in the ledger`,
            result.witness === 'checked'
              ? 'The signed heads were compared with the witness file.'
              : 'No witness file was checked: a cut-off end that took its signed heads along would not be seen.',
            ...result.findings.map(({ kind, where, what }) => `${kind} at ${where}: ${what}`),
            ...(result.notListed > 0 ? [`and ${result.notListed} more`] : []),
            result.ok ? 'Nothing was changed, inserted, removed or cut off.' : 'The record was changed.',
          ]);
        }),
      ),
  );
