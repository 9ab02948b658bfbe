import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, type KeyObject, verify } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Config } from '../../src/platform/config/config.js';
import { keysFrom } from '../../src/platform/keys/keys.js';
import { keyThatSigned } from '../../src/platform/keys/signing-key.js';
import { f1 } from '../support/cli.js';
import { asTheGuideSays } from '../support/proof-guide.js';

interface Rotated {
  readonly formerKeyId: string;
  readonly signingKeyId: string;
  readonly former: string;
}
/** A command takes seconds where other tests run beside it. */
const COMMANDS_MS = 180_000;

describe('f1 keys rotate-signing', () => {
  let folder: string;
  const here = (more: NodeJS.ProcessEnv = {}) => ({ F1_DATA_DIR: folder, ...more });
  const signing = () => keysFrom(Object.assign(new Config(), { NODE_ENV: 'test', F1_DATA_DIR: folder })).signing;
  const inKeys = (name: string): string => join(folder, 'keys', name);
  const spki = (key: KeyObject): string => key.export({ type: 'spki', format: 'der' }).toString('base64');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'f1-rotate-signing-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it(
    'makes the key that signs from now on, and hands over as the guide checks it: with openssl, the known key and two files',
    async () => {
      const before = signing();
      const { code, stdout, stderr } = await f1(['keys', 'rotate-signing', '--json'], here());
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const { formerKeyId, signingKeyId, former } = JSON.parse(stdout) as Rotated;
      const after = signing();
      expect([formerKeyId, signingKeyId]).toEqual([before.id, after.id]);
      expect(after.id).not.toBe(before.id);
      expect(former.split('@')[0]).toBe(spki(before.publicKey));
      expect(keyThatSigned(after, before.id, new Date())?.equals(before.publicKey)).toBe(true);

      const pem = join(folder, `former-${formerKeyId}.pem`);
      writeFileSync(pem, before.publicKey.export({ type: 'spki', format: 'pem' }));
      const [said, signature] = ['json', 'sig'].map((end) => inKeys(`handover.${formerKeyId}.${end}`)) as [
        string,
        string,
      ];
      for (const file of [said, signature]) copyFileSync(file, join(folder, basename(file)));
      const printed = asTheGuideSays(folder, 'handover.<id>.json', formerKeyId);
      const successor = createHash('sha256')
        .update(Buffer.from(spki(after.publicKey), 'base64'))
        .digest('hex');
      expect(printed).toBe(`Signature Verified Successfully\n${successor}  -\n`);
      const handover = readFileSync(said, 'utf8');
      expect(JSON.parse(handover)).toMatchObject({ successor: { id: after.id, publicKey: spki(after.publicKey) } });
      const forged = Buffer.from(handover.replace(spki(after.publicKey), spki(before.publicKey)));
      expect(verify(null, forged, before.publicKey, readFileSync(signature))).toBe(false);
    },
    COMMANDS_MS,
  );

  it(
    'writes to a named folder where the key is kept elsewhere, and says what to set; each way refuses the other',
    async () => {
      signing();
      const kept = readFileSync(inKeys('signing.key'), 'utf8');
      const elsewhere = here({ F1_SIGNING_KEY: kept });
      const out = join(folder, 'new');
      const refused = await f1(['keys', 'rotate-signing'], elsewhere);
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain('name with --out a folder');
      const unasked = await f1(['keys', 'rotate-signing', '--out', out], here());
      expect(unasked.code).not.toBe(0);
      expect(unasked.stderr).toContain('leave --out away');
      expect(existsSync(out)).toBe(false);
      const rotated = await f1(['keys', 'rotate-signing', '--out', out], elsewhere);
      expect(rotated.stdout).toMatch(/Set F1_SIGNING_KEY to [^]*add to F1_FORMER_SIGNING_KEYS:/);
      expect(readFileSync(inKeys('signing.key'), 'utf8')).toBe(kept);
      expect(readFileSync(join(out, 'signing.key'), 'utf8')).not.toBe(kept);
    },
    COMMANDS_MS,
  );
});
