import { describe, expect, it } from '@jest/globals';
import { filesOfFolder } from './pack-files.js';
import { prove } from './proof.js';

describe('the example of the guide for authors', () => {
  it('compiles, is clean, and its scenarios hold', () => {
    const files = filesOfFolder('docs/examples/first-questionnaire', 'TG', []);
    const { problems, findings, scenarios, clean, scenariosPass } = prove({ files });
    expect({ problems, findings, scenarios: scenarios.filter(({ passed }) => !passed) }).toEqual({
      problems: [],
      findings: [],
      scenarios: [],
    });
    expect([clean, scenariosPass]).toEqual([true, true]);
  });
});
