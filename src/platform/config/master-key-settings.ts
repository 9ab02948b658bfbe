import type { Config } from './config.js';

/** What names the key that wraps: one of them is set. */
export const MASTER_KEY = ['F1_PKCS11_KEY', 'F1_MASTER_KEY_COMMAND', 'F1_MASTER_KEY'] as const;
const TOKEN = ['F1_PKCS11_MODULE', 'F1_PKCS11_TOKEN', 'F1_PKCS11_PIN_FILE'] as const;

/** What is wrong with where the master key comes from: in service a hardware module or a key service. */
export function masterKeyProblems(config: Config): string[] {
  const problems: string[] = [];
  const production = config.NODE_ENV === 'production';
  const set = (names: readonly (keyof Config)[]) => names.filter((name) => config[name] !== undefined);
  const sources = set(MASTER_KEY);
  if (sources.length > 1) problems.push(`${sources.join(' and ')} exclude each other: set one`);
  if (sources.length === 0 && production)
    problems.push('F1_PKCS11_KEY or F1_MASTER_KEY_COMMAND is required when NODE_ENV is production');
  if (production && config.F1_MASTER_KEY !== undefined && config.F1_MASTER_KEY_IN_ENVIRONMENT !== 'accepted')
    problems.push(
      'F1_MASTER_KEY is refused when NODE_ENV is production: keep the key in a hardware module (F1_PKCS11_KEY) or a key service (F1_MASTER_KEY_COMMAND), or for a trial set F1_MASTER_KEY_IN_ENVIRONMENT=accepted',
    );
  const module = set(TOKEN);
  if ((module.length > 0 || config.F1_PKCS11_KEY !== undefined) && module.length < TOKEN.length)
    problems.push(`${TOKEN.join(', ')} belong together: set all of them`);
  return problems;
}

/** What a process in service may do for a time, and an operator should change. */
export const masterKeyWarnings = (config: Config): string[] => [
  ...(config.F1_MASTER_KEY !== undefined
    ? [
        'The master key lies in the environment (F1_MASTER_KEY): whoever reads that of one process and a backup reads every case. Keep it in a hardware module or a key service; docs/guides/installation.md says how to change.',
      ]
    : []),
  ...(config.F1_OTHER_MASTER_KEYS !== undefined
    ? ['F1_OTHER_MASTER_KEYS is for the time of a rotation: take it away once "f1 keys rotate" says 0.']
    : []),
];
