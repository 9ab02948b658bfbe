/** What Node is given to run a program of the product: its build, which starts in half the time, or else its source. */
export const program = (name: 'cli' | 'main'): string[] =>
  process.env['F1_TEST_BUILT'] ? [`dist/${name}.js`] : ['--import', './test/support/typescript.mjs', `src/${name}.ts`];
