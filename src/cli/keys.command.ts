import { Command } from 'commander';
import { readConfig } from '../platform/config/config.js';
import { keysFrom } from '../platform/keys/keys.js';
import { answer } from './installation-in-use.js';

export const keysCommand = (): Command =>
  new Command('keys')
    .description('Show the public signing key, by which recipients verify deliveries, and the ids of the keys in use')
    .option('--json', 'one line of JSON')
    .action(({ json }: { json?: boolean }) => {
      const { master, signing } = keysFrom(readConfig());
      const publicKey = signing.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
      answer({ ok: true, masterKeyId: master.id, signingKeyId: signing.id, publicKey }, json, () => [
        `signing key ${signing.id}, public key (SPKI DER, base64):`,
        publicKey,
        `master key ${master.id}`,
      ]);
    });
