import type { Change } from '../domain/questionnaire/diff/change.js';
import { diff } from '../domain/questionnaire/diff/diff.js';
import type { Plan } from '../domain/questionnaire/plan.js';
import type { ReferenceItem } from '../domain/questionnaire/reference.js';
import { type ReferenceWanted, searchReference } from '../domain/questionnaire/reference-search.js';
import { bodyHashOf, type DraftFiles } from './draft-files.js';
import { type Preview, preview, type PreviewRequest } from './preview.js';
import { compileDraft, compilePublished, type Proof, prove, type PublishedFiles } from './proof.js';
import { Recent } from './recent.js';

/** A questionnaire as it stands in the database: the files of a draft, or what a published version is made of. */
export type Source = DraftFiles | PublishedFiles;

/** What is asked of the thread that looks at questionnaires. */
export type ProofJob =
  | { readonly kind: 'prove'; readonly draft: DraftFiles }
  | { readonly kind: 'compare'; readonly before: Source; readonly after: Source }
  | { readonly kind: 'play'; readonly source: Source; readonly request: PreviewRequest }
  | { readonly kind: 'search'; readonly source: Source; readonly wanted: ReferenceWanted };

/** What it answers; null where the files do not compile, so that there is nothing to compare or play. */
export interface ProofAnswers {
  readonly prove: Proof;
  readonly compare: readonly Change[] | null;
  readonly play: Preview | null;
  readonly search: readonly ReferenceItem[] | null;
}

/** Previews come one answer after another: the plans last played are kept. */
const plans = new Recent<Plan | undefined>();

export function doProofJob(job: ProofJob): ProofAnswers[ProofJob['kind']] {
  switch (job.kind) {
    case 'prove':
      return prove(job.draft);
    case 'compare': {
      const [before, after] = [planOf(job.before), planOf(job.after)];
      return before && after ? diff(before, after) : null;
    }
    case 'play': {
      const plan = planOf(job.source);
      return plan ? preview(plan, job.request) : null;
    }
    case 'search': {
      const plan = planOf(job.source);
      return plan ? searchReference(plan, job.wanted) : null;
    }
    default:
      throw new Error(`no such job: ${JSON.stringify(job satisfies never)}`);
  }
}

const planOf = (source: Source): Plan | undefined =>
  'hash' in source
    ? plans.get(source.hash, () => compilePublished(source))
    : plans.get(bodyHashOf(source), () => compileDraft(source).plan);
