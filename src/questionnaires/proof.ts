import type { Finding } from '../domain/questionnaire/lint/finding.js';
import { lintFiles } from '../domain/questionnaire/lint/lint.js';
import { compilePack } from '../domain/questionnaire/pack.js';
import { compile } from '../domain/questionnaire/compile.js';
import type { Plan, SourceFile } from '../domain/questionnaire/plan.js';
import type { Problem } from '../domain/questionnaire/problems.js';
import { readScenarios } from '../domain/questionnaire/scenario/read-scenarios.js';
import { runScenario, type Failure } from '../domain/questionnaire/scenario/run-scenario.js';
import { kindOf } from '../domain/questionnaire/schema-check.js';
import { type DraftFiles, identityOf, isScenario, packOf } from './draft-files.js';
import { KNOWN } from './pack-files.js';

export interface ScenarioResult {
  readonly file: string;
  readonly id: string;
  readonly title: string;
  readonly role: string;
  readonly passed: boolean;
  readonly failures: readonly Failure[];
}

/** All that can be proven of a questionnaire from its files alone. Plain data: it is worked out in a thread of its own. */
export interface Proof {
  /** What interviews would be pinned to, made of which files; null while the files do not compile. */
  readonly compiled: Compiled | null;
  /** What keeps it from compiling and no finding says already, and scenario files that cannot be read. */
  readonly problems: readonly Problem[];
  /** Of all its files; advice on its own pack only. */
  readonly findings: readonly Finding[];
  readonly scenarios: readonly ScenarioResult[];
  /** It compiles, and nothing worse than advice was found. */
  readonly clean: boolean;
  /** There are scenarios, and every one ends as it says. */
  readonly scenariosPass: boolean;
}

export interface Compiled {
  readonly hash: string;
  readonly files: readonly SourceFile[];
  /** How many, modules included. */
  readonly questions: number;
}

/** Of what is published: nothing asks for a proof again. */
export const SETTLED: Proof = {
  compiled: null,
  problems: [],
  findings: [],
  scenarios: [],
  clean: true,
  scenariosPass: true,
};

export const compiledOf = ({ hash, files, nodes }: Plan): Compiled => ({
  hash,
  files,
  questions: nodes.filter(({ kind }) => kind === 'question').length,
});

/** Compiles and lints a draft, and runs its scenarios. The same files always give the same proof. */
export function prove(draft: DraftFiles): Proof {
  const { plan, problems } = compileDraft(draft);
  const tested = plan ? runScenarios(plan, draft.files) : { problems: [], scenarios: [] };
  if (plan && tested.scenarios.length + tested.problems.length === 0)
    tested.problems.push({
      file: `${packOf(plan.files[0]!.file)}/scenarios/${plan.id}.json`,
      pointer: '',
      message: `no scenario tests ${plan.id}; add this file with "questionnaire": "${plan.id}" and at least one scenario`,
    });
  const { pack } = identityOf(draft);
  // A module goes into the interview whatever pack its name says; mere advice on those of others is theirs.
  const findings = lintFiles(draft.files).filter(
    ({ file, severity }) => severity !== 'advice' || packOf(file) === pack,
  );
  const found = new Set(findings.map(({ file, pointer }) => `${file}#${pointer}`));
  return {
    compiled: plan ? compiledOf(plan) : null,
    problems: [...problems.filter(({ file, pointer }) => !found.has(`${file}#${pointer}`)), ...tested.problems],
    findings,
    scenarios: tested.scenarios,
    clean: plan !== undefined && findings.every(({ severity }) => severity === 'advice'),
    scenariosPass:
      tested.problems.length === 0 && tested.scenarios.length > 0 && tested.scenarios.every(({ passed }) => passed),
  };
}

/** The plan of the one questionnaire of a draft, or everything its author must change. */
export function compileDraft(draft: DraftFiles): { plan: Plan | undefined; problems: readonly Problem[] } {
  const { pack } = identityOf(draft);
  const own = draft.files.find(({ file, content }) => !isScenario(file) && kindOf(content) === 'questionnaire')!;
  const files = draft.files
    .filter(({ file }) => !isScenario(file))
    // A pack may have further questionnaires; this draft is about one of them.
    .map((one) =>
      one.file === `${pack}/pack.json`
        ? { ...one, content: { ...(one.content as object), questionnaires: [own.file.slice(pack.length + 1)] } }
        : one,
    );
  const result = compilePack(pack, files, KNOWN);
  return result.ok ? { plan: result.plans[0], problems: [] } : { plan: undefined, problems: result.problems };
}

/** What a published version was made of: `hash` is what it must compile to. */
export interface PublishedFiles extends DraftFiles {
  readonly code: string;
  readonly hash: string;
}

/** From all that its author sent, or from what it is made of alone. Throws when somebody changed the files in the database. */
export function compilePublished({ files, code, hash }: PublishedFiles): Plan {
  const { plan, problems } = files.some(({ file }) => file.endsWith('/pack.json'))
    ? compileDraft({ files })
    : planIn(compile(files, { questionnaires: [code] }));
  if (!plan) throw new Error(`${code} in the database no longer compiles: ${problems[0]?.message ?? ''}`);
  if (plan.hash !== hash) throw new Error(`${code} does not match its hash: the database was changed`);
  return plan;
}

const planIn = (result: ReturnType<typeof compile>) =>
  result.ok ? { plan: result.plan, problems: [] } : { plan: undefined, problems: result.problems };

function runScenarios(plan: Plan, files: readonly SourceFile[]): { problems: Problem[]; scenarios: ScenarioResult[] } {
  const problems: Problem[] = [];
  const scenarios = files
    .filter(({ file, content }) => isScenario(file) && isAbout(plan, content))
    .flatMap((source) => {
      const read = readScenarios(source, [plan]);
      if (!read.ok) {
        problems.push(...read.problems);
        return [];
      }
      return read.scenarios.map((scenario): ScenarioResult => {
        const { id, title, role, passed, failures } = runScenario(plan, scenario);
        return { file: source.file, id, title, role, passed, failures };
      });
    });
  return { problems, scenarios };
}

/** Scenarios of the pack's other questionnaires may come along; what names no questionnaire is read, and refused with a reason. */
function isAbout(plan: Plan, content: unknown): boolean {
  const { questionnaire } = content as { questionnaire?: unknown };
  return typeof questionnaire !== 'string' || questionnaire === plan.id;
}
