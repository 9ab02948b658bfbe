import { Injectable } from '@nestjs/common';
import type { Change } from '../domain/questionnaire/diff/change.js';
import { diff } from '../domain/questionnaire/diff/diff.js';
import type { Plan } from '../domain/questionnaire/plan.js';
import type { Tx } from '../platform/database/database.js';
import { canonical, sha256 } from '../platform/database/sealing.js';
import { bodyHashOf, type DraftFiles } from './draft-files.js';
import { prove, type Proof } from './proof.js';
import { QuestionnairesService } from './questionnaires.service.js';
import { type PublishedRow, type VersionRow, VersionStore } from './version.store.js';

const MOST = 20;

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

/** Proofs of drafts, and their differences to what is published. The same files are looked at once. */
@Injectable()
export class ProofsService {
  private readonly proofs = new Recent<Proof>();
  private readonly differences = new Recent<readonly Change[]>();

  constructor(
    private readonly store: VersionStore,
    private readonly questionnaires: QuestionnairesService,
  ) {}

  of(draft: DraftFiles, bodyHash = bodyHashOf(draft)): Proof {
    return this.proofs.get(bodyHash, () => prove(draft));
  }

  /** To the newest version in use of the same questionnaire, which an approval is about; undefined where there is none. */
  async differenceInTx(tx: Tx, record: VersionRow, draft: DraftFiles): Promise<Difference | undefined> {
    const published = await this.store.findPublishedInTx(tx, record.code, record.id);
    return published && this.betweenInTx(tx, published, record, await this.planInTx(tx, record, draft));
  }

  /** Without a plan there is nothing to compare yet. */
  async betweenInTx(tx: Tx, published: PublishedRow, record: VersionRow, plan: Plan | undefined): Promise<Difference> {
    const { hash: against, code, number } = published;
    const before = await this.questionnaires.planInTx(tx, [against]);
    const changes = plan ? this.differences.get(`${against}-${plan.hash}`, () => diff(before, plan)) : [];
    const hash = sha256(canonical([against, record.body_hash, changes])).toString('hex');
    return { hash, against, code, number, changes };
  }

  /** What is published is compiled once for everybody; a draft may not compile. */
  async planInTx(tx: Tx, record: VersionRow, draft: DraftFiles): Promise<Plan | undefined> {
    if (record.published_at !== null && record.hash !== null) return this.questionnaires.planInTx(tx, [record.hash]);
    return this.of(draft, record.body_hash).plan;
  }
}

/** The last few results; the same question is answered once. */
class Recent<T> {
  private readonly known = new Map<string, T>();

  get(key: string, make: () => T): T {
    const value = this.known.get(key) ?? make();
    this.known.delete(key);
    this.known.set(key, value);
    const oldest = this.known.keys().next().value;
    if (this.known.size > MOST && oldest !== undefined) this.known.delete(oldest);
    return value;
  }
}
