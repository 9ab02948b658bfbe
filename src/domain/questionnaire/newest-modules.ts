import type { Include, ModuleFile, QuestionnaireFile } from './format.js';
import type { SourceFile } from './plan.js';
import { kindOf } from './schema-check.js';

/**
 * The files with one version of each module, the newest: questionnaires that include an older one are given this in its place, so
 * that its questions are asked once. Files must each have the form of their kind, and one path names one content.
 */
export function withNewestModules(files: readonly SourceFile[]): SourceFile[] {
  const modules = files.filter(({ content }) => kindOf(content) === 'module') as {
    file: string;
    content: ModuleFile;
  }[];
  const newest = new Map<string, string>();
  for (const { file, content } of [...modules].sort((a, b) => a.content.version - b.content.version))
    newest.set(content.module, file);
  const instead = new Map(modules.map(({ file, content }) => [file, newest.get(content.module)!]));
  return files
    .filter(({ file }) => (instead.get(file) ?? file) === file)
    .map((one) =>
      kindOf(one.content) === 'questionnaire'
        ? { ...one, content: including(one.content as QuestionnaireFile, instead) }
        : one,
    );
}

function including(content: QuestionnaireFile, instead: ReadonlyMap<string, string>): QuestionnaireFile {
  const older = (path: string): boolean => (instead.get(path) ?? path) !== path;
  const { includes = [] } = content;
  if (!includes.some((include) => older(pathOf(include)))) return content;
  return {
    ...content,
    includes: includes.map((include) => renamed(include, instead.get(pathOf(include)) ?? pathOf(include))),
  };
}

const pathOf = (include: Include): string => (typeof include === 'string' ? include : include.module);

const renamed = (include: Include, module: string): Include =>
  typeof include === 'string' ? module : { ...include, module };
