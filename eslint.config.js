import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';

/** Layers point down (web -> features -> domain; platform knows no feature; domain knows nobody). */
const restrict = (files, patterns, paths = []) => ({
  files,
  ignores: ['**/*.spec.ts'],
  rules: { 'no-restricted-imports': ['error', { patterns, paths }] },
});

const io = [
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
const features = [
  '**/cases/**',
  '**/interviews/**',
  '**/questionnaires/**',
  '**/assessments/**',
  '**/referrals/**',
  '**/prosecution/**',
  '**/identity/**',
  '**/audit/**',
  '**/documents/**',
  '**/deadlines/**',
  '**/workflows/**',
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**', '.data/**', 'bench/**/node_modules/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'import-x': importX },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
    },
  },
  restrict(
    ['src/domain/**/*.ts'],
    [
      { group: io, message: 'src/domain is pure: no framework, no I/O.' },
      { group: ['**/platform/**', ...features.map((f) => `../../${f.slice(3)}`)], message: 'src/domain knows nobody.' },
    ],
  ),
  {
    files: ['src/domain/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': ['error', { name: 'Date', message: 'No clock in the domain: take instants as facts.' }],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'No randomness in the domain.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/domain/workflow/**', '**/*.spec.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ImportDeclaration[source.value=/^xstate/]', message: 'Only src/domain/workflow imports XState.' },
        { selector: "ImportDeclaration[source.value='nestjs-throttler']", message: 'unused' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/platform/config/**', '**/*.spec.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'src/platform/config is the only reader of the environment.' },
      ],
    },
  },
  restrict(['src/platform/**/*.ts'], [{ group: features, message: 'src/platform knows no feature.' }]),
  { files: ['**/*.mjs', '**/*.js'], ...tseslint.configs.disableTypeChecked },
);
