/** Lint: strict TypeScript, and the layer order of the library: imports point down. */
import tseslint from 'typescript-eslint';

/** Folders of packages/mien/src from bottom to top; a folder may import its own level's lower neighbours' folders only. */
const LAYERS = [
  ['errors', 'tensor', 'labels', 'files'],
  ['image', 'onnx', 'metrics', 'geometry', 'tables'],
  ['autodiff', 'runtime', 'features', 'classifiers', 'report', 'synth'],
  ['nn', 'optim', 'data', 'face'],
  ['explain', 'animate'],
  ['predict', 'train', 'crowd'],
  ['evaluate', 'recipes', 'results'],
  ['protocols', 'studies'],
];

/** Within a level: which folders of the same level a folder may use. */
const SAME_LEVEL = {
  tensor: ['errors'],
  labels: ['errors'],
  files: ['errors'],
  geometry: ['image'],
  data: ['face'],
  features: [],
  report: [],
  evaluate: [],
  recipes: [],
  results: [],
  protocols: [],
  studies: [],
};

const layerRules = LAYERS.flatMap((folders, level) =>
  folders
    .filter((f) => f !== 'errors')
    .map((folder) => {
      const forbidden = LAYERS.flatMap((others, l) => (l > level || l === level ? others : [])).filter(
        (f) => f !== folder && !(SAME_LEVEL[folder] ?? []).includes(f),
      );
      return {
        files: [`packages/mien/src/${folder}/**/*.ts`],
        ignores: ['**/*.test.ts'],
        rules: {
          'no-restricted-imports': [
            'error',
            {
              patterns: [
                ...(forbidden.length
                  ? [
                      {
                        regex: `^(\\.\\./)+(${forbidden.join('|')})(/|\\.ts$)`,
                        message: `${folder}/ may import lower layers only.`,
                      },
                    ]
                  : []),
                { regex: '^mien(-|/|$)', message: 'Within the library, import by relative path.' },
                ...(folder === 'runtime'
                  ? []
                  : [{ regex: '^onnxruntime', message: 'Only runtime/ imports ONNX Runtime.' }]),
              ],
            },
          ],
        },
      };
    }),
);

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      'packages/server/web/**',
      'node_modules/**',
      'runs/**',
      'coverage/**',
      'site/.vitepress/cache/**',
      '**/*.scratch.test.ts',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.check.json', './tsconfig.browser.json', './packages/web/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      // Keys of files and of command lines, which keep their spelling, are properties: they are not looked at
      'no-restricted-syntax': [
        'error',
        {
          selector:
            ':matches(VariableDeclarator, FunctionDeclaration, ClassDeclaration, TSInterfaceDeclaration, TSTypeAliasDeclaration) > Identifier.id[name=/colour|neighbour|centre|grey|ormalis|uantis|ximis|nalis|ummaris|ptimis|ecognis|ndardis/i]',
          message: 'Identifiers have American spelling (color, center, neighbor, gray, normalize).',
        },
      ],
    },
  },
  ...layerRules,
  {
    files: ['packages/server/src/**/*.ts'],
    ignores: ['packages/server/src/store/**', 'packages/server/src/testing/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(kysely|libsql|pg)$', message: 'Only store/ speaks to a database.' }] },
      ],
    },
  },
);
