import { createHash, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type pg from 'pg';
import { authorityId, useWebhook } from '../../../src/demo/seed.js';
import { asked } from './connection.js';

/** Who receives by webhook, both at the one receiver. */
const WEBHOOKS = ['demo-prosecution', 'demo-war-crimes-unit'];

export interface Receiving {
  readonly endpoint: string;
  readonly dropFolder: string;
  /** The receiver's, SPKI DER in base64. */
  readonly keys: { readonly receiptPublicKey: string; readonly encryptionPublicKey: string };
}

/** The keys that authorities sign their own lists with, by the authority's id. */
export type ListKeys = ReadonlyMap<string, KeyObject>;

/** Everybody who is told in a world: two by webhook, one by inbox, one by drop folder. */
export async function addRecipients(owner: string, { endpoint, dropFolder, keys }: Receiving): Promise<ListKeys> {
  const lists = new Map<string, KeyObject>();
  for (const code of WEBHOOKS) {
    await useWebhook(owner, code, { endpoint, receiptPublicKey: keys.receiptPublicKey });
    const list = generateKeyPairSync('ed25519');
    lists.set(authorityId(code), list.privateKey);
    await asked(owner, async (client) => {
      await addKey(client, authorityId(code), 'encryption', keys.encryptionPublicKey);
      await addKey(client, authorityId(code), 'receipt', keys.receiptPublicKey);
      await addKey(client, authorityId(code), 'receipt', publicHalf(list.publicKey));
    });
  }
  await asked(owner, async (client) => {
    await addInbox(client);
    await addDropFolder(client, dropFolder, keys);
  });
  return lists;
}

const publicHalf = (key: KeyObject): string => key.export({ type: 'spki', format: 'der' }).toString('base64');

/** A third recipient, who reads an inbox here: not every referral crosses a wire. */
async function addInbox(owner: pg.Client): Promise<void> {
  const id = authorityId('faults-inbox');
  await owner.query(
    `INSERT INTO authority (id, code, name, country, channel)
     VALUES ($1, 'faults-inbox', 'Invented Tribunal Liaison', 'NL', 'inbox')`,
    [id],
  );
  await owner.query(
    `INSERT INTO competence_rule (id, version, authority_id, kinds, grounds, legal_basis, valid_from)
     VALUES ($1, 1, $1, '{exclusion}', '{1F(a)}', 'house rule of the fault harness', '2003-01-01')`,
    [id],
  );
}

/** A fourth, of the country whose keys it uses, who takes files and answers with files; only of persons who lived in one country, so that few wait for its pace. */
async function addDropFolder(owner: pg.Client, folder: string, keys: Receiving['keys']): Promise<void> {
  const id = authorityId('faults-drop');
  await owner.query(
    `INSERT INTO authority (id, code, name, country, channel, endpoint)
     SELECT $1, 'faults-drop', 'Invented Unit behind a Gap', country, 'file', $2 FROM authority WHERE id = $3`,
    [id, pathToFileURL(folder).href, authorityId(WEBHOOKS[0]!)],
  );
  await addKey(owner, id, 'encryption', keys.encryptionPublicKey);
  await addKey(owner, id, 'receipt', keys.receiptPublicKey);
  await owner.query(
    `INSERT INTO competence_rule (id, version, authority_id, kinds, grounds, countries, legal_basis, valid_from)
     VALUES ($1, 1, $1, '{suspicion}', '{1F(a)}', '{UG}', 'house rule of the fault harness', '2003-01-01')`,
    [id],
  );
}

async function addKey(
  owner: pg.Client,
  authority: string,
  purpose: 'encryption' | 'receipt',
  publicKey: string,
): Promise<void> {
  const keyId = createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, 16);
  await owner.query(
    `INSERT INTO authority_key (id, authority_id, purpose, public_key, key_id, valid_from)
     VALUES ($1, $2, $3, $4, $5, '2020-01-01')`,
    [randomUUID(), authority, purpose, publicKey, keyId],
  );
}
