// Writes what follows from the charts: the pictures in workflows/README.md and the schema for editors.
// `--check` writes nothing and exits 1 when either is stale. Needs a build: it imports from dist/.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pictureOf } from '../dist/domain/workflow/picture.js';
import { chartSchema } from '../dist/domain/workflow/schema.js';
import { readWorkflowFiles } from '../dist/workflows/workflow-files.js';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'workflows');

function current(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function main() {
  const workflows = readWorkflowFiles(folder).map(({ workflow }) => workflow);
  const wanted = [
    ['README.md', pictureOf(workflows)],
    ['schema.json', `${JSON.stringify(chartSchema, null, 2)}\n`],
  ];
  const stale = wanted.filter(([name, text]) => current(join(folder, name)) !== text);
  if (process.argv.includes('--check')) {
    for (const [name] of stale) console.error(`workflows/${name} is stale: run npm run workflows:picture.`);
    process.exitCode = stale.length > 0 ? 1 : 0;
    return;
  }
  for (const [name, text] of stale) writeFileSync(join(folder, name), text);
  console.log(stale.length > 0 ? `Written: ${stale.map(([name]) => `workflows/${name}`).join(', ')}` : 'Up to date.');
}

try {
  main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
