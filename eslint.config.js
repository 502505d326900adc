import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import typescript from 'typescript-eslint';

/** A string that starts like an SQL statement, in capitals as ours are; such strings live in `*.store.ts` files and `app/store` only. */
const sqlStatement = String.raw`/^\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX|UNIQUE|VIEW|TRIGGER)\s|DROP\s+(TABLE|INDEX)\s|ALTER\s+TABLE\s|PRAGMA\s|WITH\s+\w+.*\sAS\s*\()/`;
const sqlMessage = 'SQL belongs into a *.store.ts file or app/store.';

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', 'test-results/', 'playwright-report/'] },
  {
    files: ['**/*.{ts,cts,js,svelte}'],
    extends: [typescript.configs.strictTypeChecked, typescript.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      eqeqeq: ['error', 'always'],
      'no-console': 'off',
      'prefer-const': ['error', { destructuring: 'all' }],
      // Numbers in messages read well, and a wrong one cannot appear there by accident.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Short callbacks that end in a call read best without braces.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // The checker does not see what callbacks change in between.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Node's errors are all `ErrnoException`s where a file is opened.
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // Typed arrays and columns are read in loops whose index is in range by construction.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/prefer-for-of': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      // `process.env['NAME']` says that the name is not a known one.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // Interfaces here hold plain functions; hardly anything has a `this`.
      '@typescript-eslint/unbound-method': 'off',
      // Types are structural: Electron's objects come from factories and doubles in tests.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
    },
  },
  {
    files: ['app/**/*.ts'],
    ignores: ['app/store/**', '**/*.store.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: `Literal[value=${sqlStatement}]`, message: sqlMessage },
        { selector: `TemplateElement:first-child[value.raw=${sqlStatement}]`, message: sqlMessage },
      ],
    },
  },
  {
    // dependency-cruiser does not see what a .svelte file imports for its types only.
    files: ['renderer/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '/app/(?!contract/)', message: 'The renderer imports app/contract and nothing else of app.' },
          ],
        },
      ],
    },
  },
  {
    files: ['tests/**/*.ts'],
    rules: {
      // Matchers such as `expect.any(Number)` are of type `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // What a WebSocket delivers becomes text by `String`.
      '@typescript-eslint/no-base-to-string': 'off',
    },
  },
  {
    // A sandboxed preload script is CommonJS.
    files: ['**/*.cts'],
    rules: {
      '@typescript-eslint/no-require-imports': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    extends: [typescript.configs.disableTypeChecked],
  },
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      // svelte-check sees the types of other components; eslint takes them for `any`.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // Caches and timers are kept in plain Maps on purpose.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
);
