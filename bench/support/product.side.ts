import 'reflect-metadata';
import { CasesService } from '../../src/cases/cases.service.js';
import { actorOf, asked, EIGHT_COMMANDS } from './eight-commands.js';
import { openedCases, productContext } from './product.js';
import { serveSide } from './side.js';
import type { SideSettings } from './settings.js';

serveSide(async (settings: SideSettings) => {
  const app = await productContext(settings, { ROLE: 'api' });
  const cases = app.get(CasesService, { strict: false });
  const actors = new Map(EIGHT_COMMANDS.map(({ by }) => [by, actorOf(by)]));
  return {
    async prepare(lots) {
      const ids = await openedCases(app, lots, settings.poolSize);
      return ids.map((id) => async (unit) => {
        for (const [index, { by, instruction }] of EIGHT_COMMANDS.entries()) {
          await unit(() => cases.execute(actors.get(by)!, id, instruction, asked(index + 1)));
        }
      });
    },
    close: () => app.close(),
  };
});
