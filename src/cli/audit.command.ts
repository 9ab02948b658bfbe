import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import pg from 'pg';
import { type AuditVerification, auditVerify } from '../audit/audit-verify.js';
import { type InclusionProof, proveInclusion, wrongWith } from '../audit/inclusion-proof.js';
import { restoreSaid } from '../audit/record-restore.js';
import { TransparencyLog } from '../audit/transparency-log.service.js';
import { runtimeDataSource } from '../platform/database/data-source.js';
import { Database } from '../platform/database/database.js';
import { keysFrom } from '../platform/keys/keys.js';
import { answer, withInstallation } from './installation-in-use.js';
import { Told } from './told.js';

export const auditCommand = (): Command =>
  new Command('audit')
    .description('Check that nothing recorded was changed')
    .addCommand(verifyCommand())
    .addCommand(checkpointCommand())
    .addCommand(keyCommand())
    .addCommand(proveCommand())
    .addCommand(checkCommand());

const verifyCommand = (): Command =>
  new Command('verify')
    .description(
      'Verify every event chain, the access log, the signed ledger and its tree; exit 1 and say where when not ok',
    )
    .option('--json', 'one line of JSON')
    .action(({ json }: { json?: boolean }) =>
      withInstallation(async ({ config, ownerUrl }) => {
        const result = await auditVerify(ownerUrl(), keysFrom(config), {
          witnessFile: config.F1_WITNESS_FILE,
          ownCountry: config.country,
        });
        answer(result, json, () => [
          `${result.cases} cases, ${result.events} events, ${result.accesses} accesses, ${result.heads} signed heads, ${result.checkpoints} checkpoints, ${result.unsequenced} not yet in the ledger`,
          result.witness === 'checked'
            ? 'The signed heads were compared with the witness file.'
            : 'No witness file was checked: a cut-off end that took its signed heads along would not be seen.',
          ...result.findings.map(({ kind, where, what }) => `${kind} at ${where}: ${what}`),
          ...(result.notListed > 0 ? [`and ${result.notListed} more`] : []),
          ...result.restores.map((one) => restoreSaid(one, config.F1_TIME_ZONE)),
          verdict(result),
        ]);
      }),
    );

function verdict({ ok, restores }: AuditVerification): string {
  if (!ok) return 'The record was changed.';
  const lost = restores.some(({ lostByRestore }) => lostByRestore !== null);
  return `${lost ? 'Beside what was lost by restores, nothing' : 'Nothing'} was changed, inserted, removed or cut off.`;
}

const checkpointCommand = (): Command =>
  new Command('checkpoint')
    .description('Sign a checkpoint of the transparency log now, tell the witness, and print it')
    .action(() =>
      withInstallation(async ({ config, workerUrl }) => {
        const pool = { url: workerUrl(), role: 'f1_worker' as const, size: 1, timeZone: config.F1_TIME_ZONE };
        const source = await runtimeDataSource(pool).initialize();
        try {
          const database = new Database(undefined, source);
          const log = TransparencyLog.of(config, database, keysFrom(config));
          const checkpoint = await log.checkpoint();
          if (!checkpoint) throw new Told('The ledger is empty: there is nothing to sign yet.');
          process.stdout.write(checkpoint.note);
        } finally {
          await source.destroy();
        }
      }),
    );

const keyCommand = (): Command =>
  new Command('key').description('Print the public key that checks what this installation signs (PEM)').action(() =>
    withInstallation(({ config }) => {
      process.stdout.write(keysFrom(config).signing.publicKey.export({ type: 'spki', format: 'pem' }) as string);
      return Promise.resolve();
    }),
  );

const proveCommand = (): Command =>
  new Command('prove')
    .description('Print the proof that one event is in the transparency log, for "f1 audit check"')
    .argument('<aggregate>', 'id of the case, person, interview or referral')
    .argument('<seq>', 'number of the event in its chain')
    .action((aggregate: string, seq: string) => {
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(aggregate) || !/^[1-9]\d{0,8}$/.test(seq))
        throw new Told('Give the id of the aggregate and the number of the event, as the history shows them.');
      return withInstallation(async ({ ownerUrl }) => {
        const client = new pg.Client({ connectionString: ownerUrl(), application_name: 'f1 audit prove' });
        await client.connect();
        try {
          const ask = async <T extends object>(text: string, values?: unknown[]) =>
            (await client.query<T>(text, values)).rows;
          process.stdout.write(`${JSON.stringify(await proveInclusion(ask, aggregate, Number(seq)), null, 2)}\n`);
        } finally {
          await client.end();
        }
      });
    });

const checkCommand = (): Command =>
  new Command('check')
    .description('Check a proof with the public key alone; needs no installation; exit 1 when it does not hold')
    .argument('<file>', 'what "f1 audit prove" printed')
    .requiredOption('--key <pem>', 'file with the public key that "f1 audit key" printed')
    .action((file: string, { key }: { key: string }) => {
      const wrong = wrongWith(readProof(file), createPublicKey(readFileSync(key)));
      process.stdout.write(wrong ? `This proves nothing: ${wrong}.\n` : 'The event is in the log.\n');
      if (wrong) process.exitCode = 1;
    });

function readProof(file: string): InclusionProof {
  try {
    const proof = JSON.parse(readFileSync(file, 'utf8')) as InclusionProof;
    if (proof.format === 'article-1f inclusion proof 1') return proof;
  } catch {
    // Said below: no file, or no JSON, is no proof either.
  }
  throw new Told(`${file} is not a proof as "f1 audit prove" prints it.`);
}
