import { frozenCopy } from './canonical.js';
import type { Names } from './condition.js';
import type { Include, ModuleFile, QuestionnaireBody, QuestionnaireFile } from './format.js';
import type { ReferenceFile } from './format-reference.js';
import type { Unit } from './layout.js';
import type { SourceFile } from './plan.js';
import { at, didYouMean, type Place, type Problems } from './problems.js';
import type { ReferenceSource } from './reference.js';
import { kindOf, schemaProblems } from './schema-check.js';

interface Loaded<T> {
  file: string;
  content: T;
}

/** Copies what the schemas accept; the rest becomes problems. */
export function readFiles(files: readonly SourceFile[], problems: Problems): SourceFile[] {
  return files.flatMap(({ file, content }) => {
    const kind = kindOf(content);
    if (!kind) {
      problems.add(
        { file, pointer: '' },
        'this is no pack, questionnaire, module or reference file: none of the keys "pack", "id", "module", "reference" is there',
      );
      return [];
    }
    const wrong = schemaProblems(kind, content);
    for (const { pointer, message } of wrong) problems.add({ file, pointer }, message);
    return wrong.length === 0 ? [{ file, content: frozenCopy(content) }] : [];
  });
}

/** The questionnaires of the plan, the first of them giving it its name. */
export function choose(
  files: readonly SourceFile[],
  ids: readonly string[] | undefined,
  problems: Problems,
): Loaded<QuestionnaireFile>[] | undefined {
  const all = files.filter(({ content }) => kindOf(content) === 'questionnaire') as Loaded<QuestionnaireFile>[];
  const known = all.map(({ content }) => content.id);
  if (!ids) {
    if (all.length === 1) return all;
    problems.add(
      { file: all[0]?.file ?? '', pointer: '' },
      `there are ${all.length} questionnaires in these files; name the ones of the interview`,
    );
    return undefined;
  }
  const chosen = ids.map((id) => all.filter(({ content }) => content.id === id));
  for (const [index, found] of chosen.entries())
    if (found.length !== 1)
      problems.add(
        { file: '', pointer: '' },
        `there are ${found.length} questionnaires "${ids[index]}" in these files.${didYouMean(ids[index]!, known)}`,
      );
  return problems.list.length === 0 && ids.length > 0 ? chosen.flat() : undefined;
}

const packOf = (file: string): string => file.split('/')[0]!;

/** The questionnaires, then each included module once, with the conditions of all its inclusions. */
export function unitsOf(chosen: Loaded<QuestionnaireFile>[], files: readonly SourceFile[], problems: Problems): Unit[] {
  const mainPack = packOf(chosen[0]!.file);
  const refPrefix = (file: string) => (packOf(file) === mainPack ? '' : `${packOf(file)}:`);
  const names = (file: string, prefix: string): Names => ({
    qualify: (id) => (id.includes('.') ? id : prefix + id),
    reference: (id) => refPrefix(file) + id,
  });
  const units: Unit[] = chosen.map(({ file, content }, index) => ({
    file,
    content,
    names: names(file, index === 0 ? '' : `${content.id}:`),
    inclusions: [],
  }));
  const modules = new Map<string, { unit: Unit; always: boolean }>();
  for (const questionnaire of [...units]) {
    for (const [index, include] of ((questionnaire.content as QuestionnaireFile).includes ?? []).entries()) {
      const place = at({ file: questionnaire.file, pointer: '/includes' }, index);
      const path = typeof include === 'string' ? include : include.module;
      const found = files.find(({ file, content }) => file === path && kindOf(content) === 'module') as
        Loaded<ModuleFile> | undefined;
      if (!found) {
        const known = files.filter(({ content }) => kindOf(content) === 'module').map(({ file }) => file);
        problems.add(place, `there is no module file "${path}".${didYouMean(path, known)}`);
        continue;
      }
      if (!modules.has(path))
        modules.set(path, {
          unit: { ...found, names: names(path, ''), module: found.content.module, inclusions: [] },
          always: false,
        });
      addInclusion(modules.get(path)!, include, place, questionnaire);
    }
  }
  for (const { unit, always } of modules.values()) units.push(always ? { ...unit, inclusions: [] } : unit);
  return units;
}

function addInclusion(module: { unit: Unit; always: boolean }, include: Include, place: Place, { names }: Unit): void {
  if (typeof include === 'string') module.always = true;
  else
    module.unit.inclusions.push({
      condition: include.when,
      ifUnclear: include.ifUnclear,
      place: at(place, 'when'),
      names,
    });
}

/** Reference files of the packs the units come from; ids of the first pack stay as they are. */
export function referencesOf(units: readonly Unit[], files: readonly SourceFile[]): ReferenceSource[] {
  const packs = [...new Set(units.map(({ file }) => packOf(file)))];
  return packs.flatMap((pack, index) =>
    (files.filter(({ content }) => kindOf(content) === 'reference') as Loaded<ReferenceFile>[])
      .filter(({ file }) => packOf(file) === pack)
      .map(({ file, content }) => ({ file, content, prefix: index === 0 ? '' : `${pack}:` })),
  );
}

/** All named conditions by the name the plan knows them under. */
export function namedConditions(units: readonly Unit[], problems: Problems) {
  const conditions = new Map<
    string,
    { condition: NonNullable<QuestionnaireBody['conditions']>[string]; place: Place; names: Names }
  >();
  for (const { file, content, names, module } of units) {
    for (const [name, condition] of Object.entries(content.conditions ?? {})) {
      const place = at({ file, pointer: '/conditions' }, name);
      if (module !== undefined && !name.startsWith(`${module}.`))
        problems.add(place, `names in this module begin with "${module}."`);
      if (module === undefined && name.includes('.'))
        problems.add(place, `"${name}" has a dot; only names in modules have one`);
      conditions.set(names.qualify(name), { condition, place, names });
    }
  }
  return conditions;
}
