import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../platform/config/config.js';
import { keysFrom, type KeyProvider } from '../platform/keys/keys.js';
import type { CompiledPack } from './pack-files.js';
import type { InRelease } from './publish-questionnaires.js';
import { publicKeyFrom, signed, type Signature, trusted } from './signed-json.js';

/** The questionnaires that somebody answers for: what may publish at start without an approval of its own. */
export interface ReleaseManifest {
  readonly format: 1;
  readonly kind: 'questionnaireRelease';
  readonly questionnaires: readonly { readonly code: string; readonly version: number; readonly hash: string }[];
}

/** Lists every questionnaire of these packs, signed with the installation's key. */
export function releaseManifest(
  packs: readonly CompiledPack[],
  signing: KeyProvider['signing'],
): ReleaseManifest & { signature: Signature } {
  const questionnaires = packs
    .flatMap(({ plans }) => plans.map(({ id, version, hash }) => ({ code: id, version, hash })))
    .sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : a.version - b.version));
  return signed({ format: 1, kind: 'questionnaireRelease', questionnaires }, signing);
}

/** The hashes of a signed manifest. Throws `notTrusted`. */
export function hashesOf(manifest: unknown, key: KeyObject, name: string): ReadonlySet<string> {
  const content = trusted(manifest, key, name) as Partial<ReleaseManifest>;
  const listed = content.kind === 'questionnaireRelease' ? (content.questionnaires ?? []) : [];
  return new Set(listed.map(({ hash }) => hash));
}

/**
 * Which files publish at start: in production those of the signed release manifest, elsewhere every one. The manifest is
 * `F1_RELEASE_MANIFEST`, else `release.json` beside the packs; the key that must have signed it `F1_RELEASE_KEY`, else our own.
 */
export function inReleaseOf(config: Config, questionnaires: string): InRelease {
  if (config.NODE_ENV !== 'production') return () => true;
  const file = config.F1_RELEASE_MANIFEST ?? join(questionnaires, 'release.json');
  if (config.F1_RELEASE_MANIFEST === undefined && !existsSync(file)) return () => false;
  const key = config.F1_RELEASE_KEY ? publicKeyFrom(config.F1_RELEASE_KEY) : keysFrom(config).signing.publicKey;
  const hashes = hashesOf(JSON.parse(readFileSync(file, 'utf8')), key, file);
  return (hash) => hashes.has(hash);
}
