import { Injectable } from '@nestjs/common';
import type { SourceFile } from '../domain/questionnaire/plan.js';
import type { Tx } from '../platform/database/database.js';
import { canonical, sha256 } from '../platform/database/sealing.js';
import { bodyHashOf, type DraftFiles } from './draft-files.js';
import { prove, type Proof } from './proof.js';
import type { Seen } from './version-facts.js';
import { type VersionRow, VersionStore } from './version.store.js';

const MOST = 20;

export interface FileChange {
  readonly file: string;
  readonly change: 'added' | 'removed' | 'changed';
}

export interface Difference extends Seen {
  readonly against: string;
  readonly code: string;
  readonly number: number;
  readonly files: readonly FileChange[];
}

/** Proofs of drafts, and their differences to what is published. The same files are proven once. */
@Injectable()
export class ProofsService {
  private readonly recent = new Map<string, Proof>();

  constructor(private readonly store: VersionStore) {}

  of(draft: DraftFiles, bodyHash = bodyHashOf(draft)): Proof {
    const proof = this.recent.get(bodyHash) ?? prove(draft);
    this.recent.delete(bodyHash);
    this.recent.set(bodyHash, proof);
    const oldest = this.recent.keys().next().value;
    if (this.recent.size > MOST && oldest !== undefined) this.recent.delete(oldest);
    return proof;
  }

  /** To the newest version in use of the same questionnaire; undefined where there is none. */
  async differenceInTx(
    tx: Tx,
    record: Pick<VersionRow, 'id' | 'code' | 'body_hash'>,
    draft: DraftFiles,
  ): Promise<Difference | undefined> {
    const published = await this.store.findPublishedInTx(tx, record.code, record.id);
    if (!published) return undefined;
    const files = fileChanges(published.body.files, this.of(draft, record.body_hash).plan?.files ?? draft.files);
    const { hash: against, code, number } = published;
    return {
      against,
      code,
      number,
      files,
      hash: sha256(canonical([against, record.body_hash, files])).toString('hex'),
    };
  }
}

function fileChanges(before: readonly SourceFile[], now: readonly SourceFile[]): FileChange[] {
  const was = new Map(before.map(({ file, content }) => [file, canonical(content)]));
  const is = new Map(now.map(({ file, content }) => [file, canonical(content)]));
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((file): FileChange[] => {
    if (was.get(file) === is.get(file)) return [];
    return [{ file, change: !was.has(file) ? 'added' : !is.has(file) ? 'removed' : 'changed' }];
  });
}
