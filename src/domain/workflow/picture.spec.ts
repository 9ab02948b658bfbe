import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { compileWorkflow } from './compile.js';
import { pictureOf } from './picture.js';

const workflows = readdirSync('workflows', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((folder) => readdirSync(`workflows/${folder.name}`).map((name) => `workflows/${folder.name}/${name}`))
  .map((file) => {
    const compiled = compileWorkflow(JSON.parse(readFileSync(file, 'utf8')), { file });
    if (!compiled.ok) throw new Error(`${file} is refused`);
    return compiled.workflow;
  });

describe('the pictures of the workflows', () => {
  test('are not stale', () => {
    expect(readFileSync('workflows/README.md', 'utf8')).toBe(pictureOf(workflows));
  });

  test('do not depend on the order the files are read in', () => {
    expect(pictureOf([...workflows].reverse())).toBe(pictureOf(workflows));
  });

  test('join commands that go the same way into one arrow', () => {
    expect(pictureOf(workflows)).toContain('  review --> analysing: RETURN_REVIEW, EDIT_ANALYSIS\n');
  });
});
