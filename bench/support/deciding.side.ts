import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { CasesService } from '../../src/cases/cases.service.js';
import { actorOf, asked, EIGHT_COMMANDS } from './eight-commands.js';
import { openedCases, productContext } from './product.js';
import { serveSide } from './side.js';
import type { DecidingSettings } from './settings.js';

/** An API process that decides at a steady pace on cases that were proposed before; each decision obliges to tell two authorities. */
serveSide(async (settings: DecidingSettings) => {
  const { perSecond, poolSize } = settings;
  const app = await productContext(settings, { ROLE: 'api' });
  const cases = app.get(CasesService, { strict: false });
  const before = EIGHT_COMMANDS.slice(0, -1);
  const decision = EIGHT_COMMANDS.at(-1)!;

  const proposed = async (id: string): Promise<void> => {
    for (const { by, instruction } of before) await cases.execute(actorOf(by), id, instruction, asked(undefined));
  };

  return {
    async prepare(lots) {
      const ids = await openedCases(app, lots, poolSize);
      const left = [...ids];
      const lane = async (): Promise<void> => {
        for (let id = left.pop(); id !== undefined; id = left.pop()) await proposed(id);
      };
      await Promise.all(Array.from({ length: poolSize }, lane));
      let first: number | undefined;
      return ids.map((id, n) => async (unit) => {
        first ??= performance.now();
        await pause(Math.max(0, first + (n * 1000) / perSecond - performance.now()));
        await unit(() => cases.execute(actorOf(decision.by), id, decision.instruction, asked(before.length + 1)));
      });
    },
    close: () => app.close(),
  };
});
