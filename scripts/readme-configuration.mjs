// Writes the configuration table of README.md from the configuration class. `--check` writes nothing and exits 1 when the
// table is stale. Needs a build: it imports from dist/.
import { readFileSync, writeFileSync } from 'node:fs';
import prettier from 'prettier';
import { configTable } from '../dist/platform/config/config.js';

const file = new URL('../README.md', import.meta.url);
const BETWEEN = /(<!-- configuration -->)[^]*(<!-- \/configuration -->)/;

const current = readFileSync(file, 'utf8');
if (!BETWEEN.test(current))
  throw new Error('README.md has lost its markers <!-- configuration --> and <!-- /configuration -->.');
const options = await prettier.resolveConfig(file);
const table = await prettier.format(configTable(), { ...options, parser: 'markdown' });
const wanted = current.replace(BETWEEN, (_all, before, after) => `${before}\n\n${table}\n${after}`);

if (wanted === current) {
  console.log('README.md: the configuration table is up to date.');
} else if (process.argv.includes('--check')) {
  console.error('README.md: the configuration table is stale: run npm run readme.');
  process.exitCode = 1;
} else {
  writeFileSync(file, wanted);
  console.log('Written: README.md');
}
