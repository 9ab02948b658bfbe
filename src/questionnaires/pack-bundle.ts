import type { KeyObject } from 'node:crypto';
import type { SourceFile } from '../domain/questionnaire/plan.js';
import { DomainError } from '../platform/database/errors.js';
import { canonical, sha256 } from '../platform/database/sealing.js';
import type { KeyProvider } from '../platform/keys/keys.js';
import type { DraftFiles } from './draft-files.js';
import { signed, type Signature, trusted } from './signed-json.js';

/**
 * A pack as one authority gives it to another: one JSON file. Each file of the pack stands once, by the SHA-256 of the canonical
 * JSON (RFC 8785) of `[name, content]`; each questionnaire names those it is made of; the signature covers everything but itself.
 */
export interface PackBundle {
  readonly format: 1;
  readonly kind: 'questionnairePack';
  readonly pack: string;
  /** ISO 3166-1 code of the country whose authority exported it, and when. */
  readonly exportedBy: string;
  readonly exportedAt: string;
  readonly questionnaires: readonly BundledQuestionnaire[];
  readonly files: readonly (SourceFile & { readonly sha256: string })[];
}

export interface BundledQuestionnaire {
  readonly code: string;
  readonly version: number;
  /** What interviews are pinned to. */
  readonly hash: string;
  /** SHA-256 of each of its files. */
  readonly files: readonly string[];
}

export interface PackContent {
  readonly pack: string;
  readonly exportedBy: string;
  readonly exportedAt: string;
  readonly questionnaires: readonly (Omit<BundledQuestionnaire, 'files'> & DraftFiles)[];
}

/** Puts questionnaires with all their files into one signed file. */
export function bundle(content: PackContent, signing: KeyProvider['signing']): PackBundle & { signature: Signature } {
  const files = new Map<string, SourceFile & { sha256: string }>();
  const questionnaires = content.questionnaires.map(({ code, version, hash, files: own }) => ({
    code,
    version,
    hash,
    files: own.map((one) => {
      const name = hashOf(one);
      files.set(name, { file: one.file, sha256: name, content: one.content });
      return name;
    }),
  }));
  const { pack, exportedBy, exportedAt } = content;
  const listed = [...files.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
  return signed(
    { format: 1, kind: 'questionnairePack', pack, exportedBy, exportedAt, questionnaires, files: listed },
    signing,
  );
}

/** The content of a signed file, every hash checked. Throws `notTrusted`. */
export function unbundle(file: unknown, key: KeyObject, name: string): PackContent {
  const content = trusted(file, key, name) as unknown as PackBundle;
  const refused = (why: string) => new DomainError('notTrusted', `${name} is not used: ${why}`);
  if (content.format !== 1 || content.kind !== 'questionnairePack')
    throw refused('it is no questionnaire pack of format 1, but something else that this key signed.');
  const files = new Map(content.files.map((one) => [one.sha256, one]));
  for (const one of content.files)
    if (hashOf(one) !== one.sha256) throw refused(`${one.file} in it does not have the hash that it states.`);
  const { pack, exportedBy, exportedAt } = content;
  const questionnaires = content.questionnaires.map(({ files: own, ...questionnaire }) => ({
    ...questionnaire,
    files: own.map((hash) => {
      const found = files.get(hash);
      if (!found) throw refused(`a file of ${questionnaire.code} (${hash}) is not in it.`);
      return { file: found.file, content: found.content };
    }),
  }));
  return { pack, exportedBy, exportedAt, questionnaires };
}

/** By name and content: two files of the same content stay two files. */
const hashOf = ({ file, content }: SourceFile): string => sha256(canonical([file, content])).toString('hex');
