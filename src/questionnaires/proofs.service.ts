import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Change } from '../domain/questionnaire/diff/change.js';
import type { ReferenceItem } from '../domain/questionnaire/reference.js';
import type { ReferenceWanted } from '../domain/questionnaire/reference-search.js';
import type { Tx } from '../platform/database/database.js';
import { DomainError } from '../platform/database/errors.js';
import { canonical, sha256 } from '../platform/database/sealing.js';
import { JobFailed, WorkThread } from '../platform/threads/work-thread.js';
import { bodyHashOf, type DraftFiles } from './draft-files.js';
import type { Preview, PreviewRequest } from './preview.js';
import type { Proof } from './proof.js';
import type { ProofAnswers, ProofJob, Source } from './proof-jobs.js';
import { Recent } from './recent.js';
import { type PublishedRow, type StoredVersion, VersionStore } from './version.store.js';

/** What one version changes compared with another, published one. */
export interface Difference {
  /** Names what there is to look at: both versions and everything that differs. */
  readonly hash: string;
  /** Hash of the version it is compared with. */
  readonly against: string;
  readonly code: string;
  readonly number: number;
  readonly changes: readonly Change[];
}

/** What people and the chart are told of a draft beyond its rows. */
export interface Looked {
  readonly proof: Proof;
  /** To the newest version in use; none for the first version of a questionnaire. */
  readonly difference: Difference | undefined;
}

/** Two versions that are to be compared. */
export interface Pair {
  readonly before: StoredVersion & { readonly hash: string };
  readonly after: StoredVersion;
}

export const ENTRY = new URL('./proof.thread.js', import.meta.url);
const LIMITS = { seconds: 60, megabytes: 1_024, waiting: 20 };

/**
 * Proofs of drafts, their differences to what is published, and previews: seconds of computing, so each in a thread beside the event
 * loop, and never asked for while a transaction is open. The same files are looked at once.
 */
@Injectable()
export class ProofsService implements OnApplicationShutdown {
  private readonly proving = new WorkThread(ENTRY, LIMITS);
  /** An author who plays answers does not wait for another one's proof. */
  private readonly playing = new WorkThread(ENTRY, LIMITS);
  private readonly proofs = new Recent<Promise<Proof>>();
  private readonly differences = new Recent<Promise<readonly Change[]>>();

  constructor(private readonly store: VersionStore) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.proving.stop(), this.playing.stop()]);
  }

  /** One that comes to no end says so: then nothing is proven, and the draft cannot be used. */
  of(draft: DraftFiles, bodyHash = bodyHashOf(draft)): Promise<Proof> {
    return once(this.proofs, bodyHash, () => proofIn(this.proving, draft));
  }

  /** The proof of a draft, and its difference to what it would replace. */
  async look(draft: StoredVersion, pair: Pair | undefined): Promise<Looked> {
    const proof = await this.of(draft.body, draft.body_hash);
    if (!pair) return { proof, difference: undefined };
    try {
      return { proof, difference: await this.between(pair) };
    } catch (error) {
      if (error instanceof DomainError && error.code === 'conflict')
        return { proof: unproven(draft.body, error.message), difference: undefined };
      throw error;
    }
  }

  /** Plays answers; undefined where the files do not compile. */
  async preview(source: Source, request: PreviewRequest): Promise<Preview | undefined> {
    const job = { kind: 'play', source, request } as const;
    return (await ask(this.playing, job).catch(told('the preview'))) ?? undefined;
  }

  /** Entries of the reference data that match, best first; undefined where the files do not compile. */
  async search(source: Source, wanted: ReferenceWanted): Promise<readonly ReferenceItem[] | undefined> {
    const job = { kind: 'search', source, wanted } as const;
    return (await ask(this.playing, job).catch(told('the search'))) ?? undefined;
  }

  /** With the newest version in use of the same questionnaire, which an approval is about; undefined where there is none. */
  async pairInTx(tx: Tx, after: StoredVersion): Promise<Pair | undefined> {
    const published = await this.store.findPublishedInTx(tx, after.code, after.id);
    return published && this.pairWithInTx(tx, published, after);
  }

  async pairWithInTx(tx: Tx, { hash }: Pick<PublishedRow, 'hash'>, after: StoredVersion): Promise<Pair> {
    const before = await this.store.findInTx(tx, hash);
    if (!before) throw new Error(`the published questionnaire ${hash} is gone`);
    return { before: { ...before, hash }, after };
  }

  /** Without a plan there is nothing to compare yet. Throws `conflict` when comparing comes to no end. */
  async between({ before, after }: Pair): Promise<Difference> {
    const changes = await once(this.differences, `${before.hash}-${after.body_hash}`, async () => {
      const job = { kind: 'compare', before: sourceOf(before), after: sourceOf(after) } as const;
      return (await ask(this.proving, job).catch(told('the comparison with what is published'))) ?? [];
    });
    const { hash: against, code, number } = before;
    const hash = sha256(canonical([against, after.body_hash, changes])).toString('hex');
    return { hash, against, code, number, changes };
  }
}

export const proofIn = (thread: WorkThread, draft: DraftFiles): Promise<Proof> =>
  ask(thread, { kind: 'prove', draft }).catch((error: unknown) => {
    if (error instanceof JobFailed) return unproven(draft, `the proof was given up: ${error.message}`);
    throw error;
  });

const ask = <Kind extends ProofJob['kind']>(
  thread: WorkThread,
  job: ProofJob & { readonly kind: Kind },
): Promise<ProofAnswers[Kind]> => thread.run<ProofAnswers[Kind]>(job);

/** Whoever asks meanwhile waits for the same; what was not answered is asked again. */
function once<T>(known: Recent<Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  return known.get(key, () => {
    const made = make();
    made.catch(() => known.forget(key));
    return made;
  });
}

export const sourceOf = ({ published_at, hash, code, body: { files } }: StoredVersion): Source =>
  published_at !== null && hash !== null ? { files, code, hash } : { files };

const told =
  (what: string) =>
  (error: unknown): never => {
    if (error instanceof JobFailed) throw new DomainError('conflict', `${what} was given up: ${error.message}`);
    throw error;
  };

const unproven = ({ files }: DraftFiles, why: string): Proof => ({
  compiled: null,
  problems: [
    {
      file: files[0]?.file ?? '',
      pointer: '',
      message: `${why}. Take questions or conditions out, or make several questionnaires of it, and try again`,
    },
  ],
  findings: [],
  scenarios: [],
  clean: false,
  scenariosPass: false,
});
