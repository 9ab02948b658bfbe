import { Command } from 'commander';
import { join } from 'node:path';
import pg from 'pg';
import { readConfig } from '../platform/config/config.js';
import { keysFrom } from '../platform/keys/keys.js';
import { renewSigningKeyIn } from '../platform/keys/signing-key.js';
import { renewMasterKeyIn } from '../platform/keys/master-key.js';
import { makeTokenKey } from '../platform/keys/pkcs11/token-master-keys.js';
import { rewrapDataKeys } from '../platform/keys/rotate.js';
import { erasureCommands } from './erasure.commands.js';
import { answer, withInstallation } from './installation-in-use.js';
import { Told } from './told.js';

export function keysCommand(): Command {
  const command = new Command('keys')
    .description('Show the public signing key, by which recipients verify deliveries, and the ids of the keys in use')
    .enablePositionalOptions()
    .option('--json', 'one line of JSON')
    .action(({ json }: { json?: boolean }) => {
      const { master, signing } = keysFrom(readConfig());
      const publicKey = signing.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
      const { id: masterKeyId, kept: masterKeyKept } = master;
      answer({ ok: true, masterKeyId, masterKeyKept, signingKeyId: signing.id, publicKey }, json, () => [
        `signing key ${signing.id}, public key (SPKI DER, base64):`,
        publicKey,
        `master key ${masterKeyId}, ${masterKeyKept}`,
      ]);
    })
    .addCommand(makeCommand())
    .addCommand(rotateCommand())
    .addCommand(rotateSigningCommand());
  for (const erasing of erasureCommands()) command.addCommand(erasing);
  return command;
}

function makeCommand(): Command {
  return new Command('make')
    .description('Make the master key that F1_PKCS11_KEY names, in the hardware module, which it can never leave')
    .option('--json', 'one line of JSON')
    .action(({ json }: { json?: boolean }) => {
      const config = readConfig();
      const masterKeyId = makeTokenKey(config);
      answer({ ok: true, masterKeyId }, json, () => [
        `The token ${config.F1_PKCS11_TOKEN} has made the master key ${config.F1_PKCS11_KEY} (${masterKeyId}). Back the token up before the key is used.`,
      ]);
    });
}

function rotateCommand(): Command {
  return new Command('rotate')
    .description(
      'Wrap every data key under the current master key, while work goes on; exit 1 when some cannot be opened',
    )
    .option('--new', 'first make a new master key in the data folder, where it is kept there')
    .option('--json', 'one line of JSON')
    .action((options: { new?: boolean; json?: boolean }) =>
      withInstallation(async ({ config, ownerUrl }) => {
        if (options.new) {
          if (config.F1_PKCS11_KEY !== undefined)
            throw new Told(
              'The master key is kept in a hardware module: set F1_PKCS11_KEY to a new label, run "f1 keys make", restart every process, and rotate without --new.',
            );
          if (config.F1_MASTER_KEY ?? config.F1_MASTER_KEY_COMMAND)
            throw new Told(
              'The master key is not kept in the data folder: make the new one where it is kept, name the former one in F1_OTHER_MASTER_KEYS, and rotate without --new.',
            );
          keysFrom(config); // makes the first one
          renewMasterKeyIn(config);
        }
        const keys = keysFrom(config);
        const owner = new pg.Client({ connectionString: ownerUrl(), application_name: 'f1 keys rotate' });
        await owner.connect();
        const result = await rewrapDataKeys(owner, keys).finally(() => owner.end());
        const unknown = Object.entries(result.unopened);
        answer(result, options.json, () => [
          `${result.rewrapped} data keys were wrapped anew, under the master key ${result.masterKeyId}`,
          ...unknown.map(
            ([id, count]) =>
              `${count} lie under the master key ${id}, which is not known: name it in F1_OTHER_MASTER_KEYS, or the module in which it lies`,
          ),
          ...(result.ok
            ? [
                'Restart the processes that still use the former key, rotate once more, and keep it as long as a backup needs it.',
              ]
            : []),
        ]);
      }),
    );
}

function rotateSigningCommand(): Command {
  return new Command('rotate-signing')
    .description('Make a new signing key; what the former one signed stays genuine (docs/guides/proof.md)')
    .option('--out <folder>', 'where to write it, when the key is not kept in the data folder')
    .option('--json', 'one line of JSON')
    .action(({ out, json }: { out?: string; json?: boolean }) => {
      const config = readConfig();
      const elsewhere = config.F1_SIGNING_KEY !== undefined;
      if (elsewhere !== (out !== undefined))
        throw new Told(
          elsewhere
            ? 'The signing key is not kept in the data folder: name with --out a folder for the new one.'
            : 'The signing key is kept in the data folder, and so is the new one: leave --out away.',
        );
      const folder = out ?? join(config.F1_DATA_DIR, 'keys');
      const { signing } = keysFrom(config);
      const renewed = renewSigningKeyIn(folder, signing, new Date());
      answer({ ok: true, formerKeyId: signing.id, signingKeyId: renewed.id, former: renewed.former }, json, () => [
        `${signing.id} is followed by ${renewed.id}; give handover.${signing.id}.json and .sig in ${folder} to whoever checks our signatures.`,
        ...(elsewhere
          ? [`Set F1_SIGNING_KEY to ${join(folder, 'signing.key')}, and add to F1_FORMER_SIGNING_KEYS:`, renewed.former]
          : []),
        'Restart every process within a day, and sign the release manifest anew (f1 packs release) where it was signed with this key.',
      ]);
    });
}
