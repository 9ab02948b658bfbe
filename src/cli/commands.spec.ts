import { expect, it } from '@jest/globals';
import { COMMANDS, commandsFor } from './commands.js';

const namesOf = async (typed?: string) => (await commandsFor(typed)).map((command) => command.name());

it.each(COMMANDS)('finds $names by each of their names', async ({ names }) => {
  for (const name of names) expect(await namesOf(name)).toEqual(names);
});

it.each([undefined, '--help', 'help', 'reconcil'])('offers every command to somebody who types %s', async (typed) => {
  expect(await namesOf(typed)).toEqual(COMMANDS.flatMap(({ names }) => names));
});
