/** `node --import ./test/support/typescript.mjs file.ts`: runs our sources as they are, for programs that tests start. */
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
