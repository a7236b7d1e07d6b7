import tseslint from 'typescript-eslint';

const rooms = [
  'records',
  'skill',
  'momentum',
  'store',
  'sandbox',
  'benchmarks',
  'reports',
  'agents',
  'activities',
  'workflows',
  'workers',
  'cli',
  'simulator',
  'performance',
  'study',
  'test',
];

/** What each room may import of the others (docs/decisions/0001): a flow in one direction. */
const mayImport = {
  records: [],
  skill: ['records'],
  momentum: ['records'],
  store: ['records'],
  sandbox: ['records'],
  benchmarks: ['records'],
  reports: ['records'],
  agents: ['records', 'skill', 'momentum', 'store', 'sandbox', 'benchmarks', 'reports'],
  activities: ['records', 'skill', 'momentum', 'store', 'sandbox', 'benchmarks', 'reports', 'agents'],
  workflows: ['records', 'activities'],
  workers: rooms.filter((room) => !['cli', 'simulator', 'performance', 'study', 'test'].includes(room)),
  simulator: ['records', 'benchmarks'],
  cli: rooms.filter((room) => !['performance', 'study', 'test'].includes(room)),
};

const roomRules = Object.entries(mayImport).map(([room, allowed]) => ({
  files: [`${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: rooms
          .filter((other) => other !== room && !allowed.includes(other))
          .map((other) => ({
            regex: `^(\\.\\./)+${other}/`,
            message: `${room}/ must not import ${other}/ (docs/decisions/0001-rooms.md).`,
          })),
      },
    ],
  },
}));

const workflowRules = {
  files: ['workflows/**/*.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { regex: '^node:', message: 'A workflow must be deterministic: no Node modules in the bundle.' },
          {
            regex: '^(\\.\\./)+(cli|simulator|workers|store|sandbox|benchmarks|agents|skill|test|study|performance)/',
            message: 'Workflows import pure modules and types only.',
          },
          {
            regex: '^(\\.\\./)+activities',
            allowTypeImports: true,
            message: 'Import the type of the activities only.',
          },
        ],
      },
    ],
  },
};

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'coverage', 'examples'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-redeclare': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 250 }],
    },
  },
  ...roomRules.filter((rule) => !rule.files[0].startsWith('workflows/')),
  workflowRules,
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
