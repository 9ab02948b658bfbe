import { DBOS } from '@dbos-inc/dbos-sdk';
import { randomUUID } from 'node:crypto';
import { serveSide } from './side.js';
import type { SideSettings } from './settings.js';

const WORDS = 'The applicant states that he served at a roadblock near the river in April and May 1994.';

serveSide(async ({ url, poolSize }: SideSettings) => {
  DBOS.setConfig({
    name: 'bench',
    systemDatabaseUrl: url,
    systemDatabasePoolSize: poolSize,
    tracingEnabled: false,
    enableOTLP: false,
    logLevel: 'error',
  });
  let unit: <T>(work: () => Promise<T>) => Promise<T> = (work) => work();
  const eightSteps = DBOS.registerWorkflow(
    async (caseId: string) => {
      for (let n = 1; n <= 8; n++) {
        await unit(() => DBOS.runStep(async () => ({ caseId, n, words: WORDS }), { name: `step${n}` }));
      }
    },
    { name: 'eightSteps' },
  );
  await DBOS.launch();
  return {
    prepare: async (lots) =>
      Array.from({ length: lots }, () => async (measure) => {
        unit = measure;
        await eightSteps(randomUUID());
      }),
    close: () => DBOS.shutdown(),
  };
});
