import { describe, expect, it } from '@jest/globals';
import { smallModule, smallPack, smallQuestionnaire } from '../../../test/factories/small-pack.js';
import { compile } from './compile.js';
import { withNewestModules } from './newest-modules.js';
import type { SourceFile } from './plan.js';

const OLD = 'base/modules/service.v1.json';
const NEW = 'base/modules/service.v2.json';
const renamed = (file: string, id: string, module: string): SourceFile => ({
  file,
  content: JSON.parse(JSON.stringify({ ...smallQuestionnaire, id }).replaceAll(OLD, module)) as unknown,
});
const newer: SourceFile = { file: NEW, content: { ...smallModule, version: 2 } };

describe('files in which a module stands in two versions', () => {
  const other = renamed('Ruritania/exclusion.v1.json', 'Ruritania-exclusion', NEW);
  const files = [...smallPack(), other, newer];
  const both = { questionnaires: ['Ruritania-screening', 'Ruritania-exclusion'] };

  it('cannot be one interview as they are, and can with the newest version in place of the older', () => {
    expect(compile(files, both).ok).toBe(false);
    const result = compile(withNewestModules(files), both);
    expect(
      result.ok ? result.plan.files.map(({ file }) => file).filter((file) => /modules/.test(file)) : result,
    ).toEqual([NEW]);
  });

  it('keep the condition on which the older one was included', () => {
    const [before, after] = [files, withNewestModules(files)].map(
      (all) =>
        (
          all.find(({ content }) => (content as { id?: string }).id === 'Ruritania-screening')!
            .content as typeof smallQuestionnaire
        ).includes!,
    );
    expect(JSON.stringify(after)).toBe(JSON.stringify(before).replaceAll(OLD, NEW));
    expect(JSON.stringify(before)).toContain(OLD);
  });

  it('stay the very same where every module stands in one version', () => {
    const one = smallPack();
    expect(withNewestModules(one).map(({ content }) => content)).toEqual(one.map(({ content }) => content));
  });
});
