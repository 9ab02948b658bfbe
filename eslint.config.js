import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';

/** Layers point down (web -> features -> domain; platform knows no feature; domain knows nobody). */
const FEATURES = [
  'assessments',
  'audit',
  'cases',
  'cli',
  'deadlines',
  'demo',
  'documents',
  'identity',
  'interviews',
  'prosecution',
  'questionnaires',
  'receiver',
  'referrals',
  'tasks',
  'workflows',
];
const IO = [
  '@nestjs/*',
  'typeorm',
  'pg',
  'bullmq',
  'ioredis',
  'node:fs*',
  'node:net',
  'node:http*',
  'node:child_process',
];

/** A later block replaces an earlier one's options of the same rule, so every folder states all of its own. */
const ENVIRONMENT = {
  object: 'process',
  property: 'env',
  message: 'src/platform/config is the only reader of the environment.',
};
const RANDOM = { object: 'Math', property: 'random', message: 'No randomness in the domain.' };
const CLOCK = { name: 'Date', message: 'No clock in the domain: take instants as facts.' };
const XSTATE = {
  selector: 'ImportDeclaration[source.value=/^xstate/]',
  message: 'Only src/domain/workflow imports XState.',
};

const FAST_CHECK = {
  selector: 'ImportDeclaration[source.value="fast-check"]',
  message: 'Take fc from test/support/properties.js, where PROPERTY_SEED is heard.',
};

const imports = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });
const tests = ['**/*.spec.ts'];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**', '.data/**', '**/node_modules/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'import-x': importX },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/platform/config/**', ...tests],
    rules: { 'no-restricted-properties': ['error', ENVIRONMENT] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/domain/workflow/**', ...tests],
    rules: { 'no-restricted-syntax': ['error', XSTATE] },
  },
  {
    files: ['src/domain/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-globals': ['error', CLOCK],
      'no-restricted-properties': ['error', ENVIRONMENT, RANDOM],
      ...imports(
        { group: IO, message: 'src/domain is pure: no framework, no I/O.' },
        { group: ['platform', ...FEATURES].map((name) => `**/../${name}/**`), message: 'src/domain knows nobody.' },
      ),
    },
  },
  {
    files: ['src/platform/**/*.ts'],
    ignores: tests,
    rules: imports({ group: FEATURES.map((name) => `../../${name}/**`), message: 'src/platform knows no feature.' }),
  },
  {
    files: FEATURES.map((name) => `src/${name}/*.ts`),
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['../*/*.store.js', '../*/*.entity.js'],
              message: "A feature calls another feature's service, never its store or entity.",
              allowTypeImports: true,
            },
          ],
        },
      ],
    },
  },
  {
    files: [...tests, 'test/**/*.ts'],
    ignores: ['test/support/properties.ts'],
    rules: { 'no-restricted-syntax': ['error', FAST_CHECK] },
  },
  { files: ['**/*.mjs', '**/*.js'], ...tseslint.configs.disableTypeChecked },
);
