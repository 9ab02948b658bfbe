// Sums up the JSON reports of jest in a folder; the last line is "N passed, N failed". A run without a report, a run of no
// tests, and a test that was skipped or left for later all count as failures: each would hide something.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const folder = process.argv[2];
let passed = 0;
let failed = 0;
let sound = true;

function complain(sentence) {
  console.log(sentence);
  sound = false;
}

for (const file of readdirSync(folder).sort()) {
  const report = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const run = basename(file, '.json');
  // A file that could not even be loaded has no tests to count.
  const broken = report.testResults.filter(
    (result) => result.status === 'failed' && result.assertionResults.length === 0,
  );
  const left = report.numPendingTests + report.numTodoTests;
  passed += report.numPassedTests;
  failed += report.numFailedTests + broken.length;
  console.log(`${run}: ${report.numPassedTests} passed, ${report.numFailedTests + broken.length} failed`);
  if (left > 0) complain(`${run}: ${left} tests were skipped or left for later`);
  if (report.numTotalTests === 0) complain(`${run}: no test ran`);
  if (!report.success) sound = false;
}

const runs = readdirSync(folder).length;
if (runs < 3) complain(`Only ${runs} of the 3 runs of tests left a report.`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = sound ? 0 : 1;
