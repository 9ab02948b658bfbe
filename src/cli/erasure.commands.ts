import { Command } from 'commander';
import { holdCase, keepCase, releaseCase, waitingErasures } from '../cases/erasure.js';
import { eraseAndSettle } from '../cases/settled-erasures.js';
import type { Config } from '../platform/config/config.js';
import { timeInWords } from '../domain/referral/time-in-words.js';
import { asOwner } from '../platform/database/owner.js';
import { ErasureLedger } from '../platform/keys/erasure-ledger.js';
import { keysFrom } from '../platform/keys/keys.js';
import { confirmedOperator } from './confirming-account.js';
import { answer, withInstallation } from './installation-in-use.js';
import { Told } from './told.js';

interface Options {
  readonly case: string;
  readonly as: string;
  readonly basis: string;
  readonly json?: boolean;
}

const about = (name: string, description: string): Command =>
  new Command(name)
    .description(`${description}; asks for the password of the account`)
    .requiredOption('--case <reference>', 'reference of the case')
    .requiredOption('--as <username>', 'your account, with the role operator')
    .option('--json', 'one line of JSON');

const BASIS = ['--basis <words>', 'the provision or order it rests on; never a name'] as const;

/** Who erases, holds and releases the content of one case. */
export const erasureCommands = (): Command[] => [
  new Command('erasures')
    .description('List the erasures that were asked for and wait for a second operator')
    .option('--json', 'one line of JSON')
    .action(({ json }: { json?: boolean }) =>
      withInstallation(async ({ config, ownerUrl }) => {
        const waiting = await asOwner(ownerUrl(), waitingErasures);
        answer({ ok: true, waiting }, json, () =>
          waiting.length === 0
            ? ['No erasure waits for a second operator.']
            : [
                ...waiting.map(
                  ({ reference, basis, askedBy, askedAt }) =>
                    `${reference}: asked for by ${askedBy} on ${timeInWords(askedAt.getTime(), config.F1_TIME_ZONE)}, on the basis "${basis}"`,
                ),
                'Another operator confirms with "f1 keys erase" and the same basis, or ends it with "f1 keys keep".',
              ],
        );
      }),
    ),
  about('erase', 'Destroy the key of one case for ever, once a second account asks for the same on the same basis')
    .requiredOption(...BASIS)
    .action((options: Options) =>
      withInstallation(async ({ config, ownerUrl }) => {
        const means = { ledger: erasureLedger(config), keys: keysFrom(config) };
        const step = await eraseAndSettle(ownerUrl(), means, async (owner) => {
          const { id } = await confirmedOperator(owner, options.as);
          return { reference: options.case, basis: options.basis, actorId: id };
        });
        answer({ ok: true, ...step }, options.json, () => [
          step.outcome === 'asked'
            ? `Asked. Nothing is erased until another operator runs the same command for ${step.reference}, with the same basis: it is on their lists.`
            : `The key of ${step.reference} is destroyed. Its hashes and chain stay; older backups are erased again when restored.`,
        ]);
      }),
    ),
  about('keep', 'End an erasure that was asked for and waits for a second account: the case is not erased').action(
    (options: Options) =>
      withInstallation(async ({ ownerUrl }) => {
        await asOwner(ownerUrl(), async (owner) => {
          const { id } = await confirmedOperator(owner, options.as);
          await keepCase(owner, { reference: options.case, actorId: id });
        });
        answer({ ok: true, reference: options.case }, options.json, () => [
          `${options.case} is not erased. Whoever wants it asks anew.`,
        ]);
      }),
  ),
  about('hold', 'Place a legal hold on a case: it is not erased until another account releases it')
    .requiredOption(...BASIS)
    .action((options: Options) =>
      withInstallation(async ({ config, ownerUrl }) => {
        await asOwner(ownerUrl(), async (owner) => {
          const { id } = await confirmedOperator(owner, options.as);
          await holdCase(owner, keysFrom(config), { reference: options.case, basis: options.basis, actorId: id });
        });
        answer({ ok: true, reference: options.case }, options.json, () => [`${options.case} is under a legal hold.`]);
      }),
    ),
  about('release', 'Release the legal holds that another account placed on a case').action((options: Options) =>
    withInstallation(async ({ ownerUrl }) => {
      await asOwner(ownerUrl(), async (owner) => {
        const { id } = await confirmedOperator(owner, options.as);
        await releaseCase(owner, { reference: options.case, actorId: id });
      });
      answer({ ok: true, reference: options.case }, options.json, () => [`${options.case} is under no legal hold.`]);
    }),
  ),
];

/** Throws Told where no file outside the database is named. */
function erasureLedger(config: Config): ErasureLedger {
  const file = config.erasureLedger;
  if (file === undefined)
    throw new Told(
      'Set F1_ERASURE_LEDGER to a file outside the database: what it does not name comes back with a backup.',
    );
  return new ErasureLedger(file, keysFrom(config).signing, config.F1_WITNESS_FILE);
}
