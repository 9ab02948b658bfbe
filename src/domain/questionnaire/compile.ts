import { createHash } from 'node:crypto';
import { CalculationCompiler } from './calculation.js';
import { canonicalJson } from './canonical.js';
import { compileChecks, type PipeReader } from './check-compile.js';
import { ConditionCompiler, type Read, type Surroundings } from './condition.js';
import type { QuestionnaireFile } from './format.js';
import { compileIndicators } from './indicator-compile.js';
import { checkLists, layOut, type Layout } from './layout.js';
import { pipesOf } from './pipe-compile.js';
import { deepFreeze, type Dependant, type Plan, type PlanNode, type SourceFile } from './plan.js';
import { Problems, at, unique, type Problem } from './problems.js';
import { checkVocabulary, indexReference } from './reference.js';
import { choose, namedConditions, readFiles, referencesOf, unitsOf } from './sources.js';

export type CompileResult = { ok: true; plan: Plan } | { ok: false; problems: Problem[] };

export interface CompileOptions {
  /**
   * Ids of the questionnaires of this interview. More than one makes one plan of them: modules are asked once, and ids of the
   * second and further ones (and of their reference data) begin with their id (their pack) and a colon: `CD-exclusion:served`.
   * Not needed while the files hold one questionnaire.
   */
  questionnaires?: readonly string[];
}

/** Compiles questionnaire, module and reference files to one plan, or says everything an author must change. Never throws. */
export function compile(files: readonly SourceFile[], options: CompileOptions = {}): CompileResult {
  const problems = new Problems();
  const usable = readFiles(files, problems);
  if (problems.list.length > 0) return { ok: false, problems: unique(problems.list) };
  return compileRead(usable, options);
}

/**
 * The same of files that `readFiles` gave. Several compilations may share `texts`, the canonical text of what they have in common.
 */
export function compileRead(
  usable: readonly SourceFile[],
  options: CompileOptions = {},
  texts = new Map<unknown, string>(),
): CompileResult {
  const problems = new Problems();
  const chosen = choose(usable, options.questionnaires, problems);
  if (!chosen) return { ok: false, problems: unique(problems.list) };
  const units = unitsOf(chosen, usable, problems);
  const references = referencesOf(units, usable);
  const reference = indexReference(references, problems);
  for (const { file, content } of units) checkLists(file, content as QuestionnaireFile, problems);
  const layout = layOut(units, problems);
  const conditions = namedConditions(units, problems);
  const around: Surroundings = { ...layout, conditions, reference, problems };
  const compiler = new ConditionCompiler(around);
  const reads = compileGates(layout, compiler, around);
  checkPipes(layout, problems);
  addChecks(layout, compiler, problems);
  for (const { node, place } of layout.written)
    if (node.kind === 'question' && node.vocabulary)
      checkVocabulary(reference, node.vocabulary, at(place, 'vocabulary'), problems);
  const compiled = compileIndicators(units, layout, compiler, problems);
  if (problems.list.length > 0) return { ok: false, problems: unique(problems.list) };
  const main = chosen[0]!.content;
  const covered = [...units, ...references].map(({ file, content }) => ({ file, content }));
  return {
    ok: true,
    plan: deepFreeze<Plan>({
      id: chosen.map(({ content }) => content.id).join('+'),
      version: main.version,
      purpose: main.purpose,
      hash: contentHash(covered, texts),
      files: covered,
      nodes: layout.nodes,
      byId: layout.byId,
      scopes: layout.scopes,
      indicators: compiled.indicators,
      dependants: dependantsOf(layout.nodes, reads, compiled.reads),
      reference,
    }),
  };
}

/** Compiles every gate and calculation into its node and returns what each node reads. */
function compileGates({ written }: Layout, compiler: ConditionCompiler, around: Surroundings): Read[][] {
  const calculations = new CalculationCompiler(around, compiler);
  return written.map(({ node, gates, place, names }) => {
    const results = gates.map(({ condition, ifUnclear, place, names }) => ({
      ...compiler.forNode(condition, place, names, node),
      ifUnclear,
    }));
    node.gates = results.flatMap(({ compiled, ifUnclear }) => (compiled ? [{ condition: compiled, ifUnclear }] : []));
    const reads = results.flatMap(({ reads }) => reads);
    if (node.kind !== 'question' || !node.definition.calculate) return reads;
    const use = { names, chain: node.chain, before: node.index, allItems: false, reads: [], open: [] };
    const calculation = calculations.forNode(node.definition.calculate, at(place, 'calculate'), node, use);
    if (calculation) node.calculation = calculation;
    return [...reads, ...use.reads];
  });
}

/** Every pipe of a question names an earlier question that is asked once, or in the same item. */
function checkPipes(layout: Layout, problems: Problems): void {
  const read = pipeReader(layout, problems);
  for (const { node, place, names } of layout.written)
    if (node.kind === 'question')
      node.pipes = read(node.definition.text, at(place, 'text'), names, { before: node.index, chain: node.chain });
}

function pipeReader({ nodes, byId }: Layout, problems: Problems): PipeReader {
  return (text, place, names, { before, chain }) =>
    pipesOf(text, place, names, byId, problems, (index) => {
      if (index >= before) return 'is not asked before this';
      return nodes[index]!.chain.every((repeat, depth) => chain[depth] === repeat)
        ? undefined
        : 'is asked once per item of a repeat this question is not in';
    });
}

function addChecks(layout: Layout, compiler: ConditionCompiler, problems: Problems): void {
  const read = pipeReader(layout, problems);
  for (const { node, place, names } of layout.written)
    if ((node.kind === 'question' || node.kind === 'repeat') && node.definition.checks)
      node.checks = compileChecks({ node, place, names }, layout.nodes, compiler, read, problems);
}

/** Turns what each node and indicator reads around: what is to be looked at again when a node changes. */
function dependantsOf(nodes: readonly PlanNode[], gateReads: Read[][], indicatorReads: Read[][]): Dependant[][] {
  const dependants = nodes.map(() => new Map<number, boolean>());
  const add = (node: number, target: number, allItems: boolean) =>
    dependants[node]!.set(target, allItems || (dependants[node]!.get(target) ?? false));
  for (const [index, reads] of gateReads.entries()) for (const { node, allItems } of reads) add(node, index, allItems);
  for (const { index, container } of nodes) if (container >= 0) add(container, index, false);
  for (const [index, reads] of indicatorReads.entries())
    for (const { node } of reads) add(node, nodes.length + index, false);
  return dependants.map((targets) => [...targets].map(([target, allItems]) => ({ target, allItems })));
}

/** Of the canonical JSON of all contents in one list. */
function contentHash(files: readonly SourceFile[], texts: Map<unknown, string>): string {
  const parts = files.map(({ content }) => {
    const text = texts.get(content) ?? canonicalJson(content);
    texts.set(content, text);
    return text;
  });
  return createHash('sha256')
    .update(`[${parts.join(',')}]`)
    .digest('hex');
}
