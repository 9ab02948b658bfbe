import { plainToInstance, Transform } from 'class-transformer';
import {
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsTimeZone,
  IsUrl,
  Matches,
  Max,
  Min,
  validateSync,
  type ValidationError,
} from 'class-validator';
import { join } from 'node:path';
import { MASTER_KEY, masterKeyProblems, masterKeyWarnings } from './master-key-settings.js';

const descriptions = new Map<string, string>();

/** One sentence for the README's configuration table, which is generated from this class. */
const Says =
  (sentence: string): PropertyDecorator =>
  (_target, property) => {
    descriptions.set(String(property), sentence);
  };

const Whole = () => Transform(({ value }) => (/^\d+$/.test(String(value)) ? Number(value) : value));
const KEY_OF_32_BYTES = /^[A-Za-z0-9+/]{43}=$/;
const PG_URL = { protocols: ['postgres', 'postgresql'], require_tld: false, require_protocol: true };

/** The environment, checked as a whole at start; property names are the variables' names. */
export class Config {
  @Says('`production` requires every secret and external services; anything else may use the embedded PostgreSQL.')
  @IsIn(['production', 'development', 'test'])
  NODE_ENV: 'production' | 'development' | 'test' = 'development';

  @Says(
    'Which part of the application this process is: `api` answers people, `worker` carries referrals, `all` does both; `portal` answers prosecutors alone.',
  )
  @IsIn(['all', 'api', 'worker', 'portal'])
  ROLE: 'all' | 'api' | 'worker' | 'portal' = 'all';

  @Says(
    'Where prosecutors sign in: `api`, beside everybody else, or `portal`, so that a process that is none turns them away.',
  )
  @IsIn(['api', 'portal'])
  F1_PROSECUTORS_AT: 'api' | 'portal' = 'api';

  @Says('Port of the API, or of health and metrics alone for a worker.')
  @Whole()
  @IsInt()
  @Min(0)
  @Max(65535)
  PORT = 3000;

  @Says('Address to listen on.')
  @IsString()
  HOST = '127.0.0.1';

  @Says(
    'PostgreSQL for this process; the login is a member of `f1_api` (api), `f1_worker` (worker), both (all) or `f1_portal` (portal).',
  )
  @IsOptional()
  @IsUrl(PG_URL)
  DATABASE_URL?: string;

  @Says('PostgreSQL as the owner of the schema; read by the `f1` commands only.')
  @IsOptional()
  @IsUrl(PG_URL)
  MIGRATION_DATABASE_URL?: string;

  @Says('Connections in each pool.')
  @Whole()
  @IsInt()
  @Min(1)
  @Max(200)
  DATABASE_POOL_SIZE = 10;

  @Says('Redis for BullMQ; without it BullMQ runs on PostgreSQL.')
  @IsOptional()
  @IsUrl({ protocols: ['redis', 'rediss'], require_tld: false, require_protocol: true })
  REDIS_URL?: string;

  @Says('Folder for the embedded PostgreSQL, generated keys and stored files, where those are used.')
  @IsString()
  F1_DATA_DIR = '.data';

  @Says(
    'Where encrypted files are kept: `s3://bucket` or `s3://bucket/prefix`; without it, `files/` in the data folder.',
  )
  @IsOptional()
  @Matches(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[A-Za-z0-9!_.*'()-]+)*\/?$/, {
    message: 'must be s3://bucket or s3://bucket/prefix',
  })
  F1_FILES_URL?: string;

  @Says('Address of an S3-compatible store that is not Amazon’s.')
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  F1_FILES_ENDPOINT?: string;

  @Says('Region of the bucket.')
  @IsString()
  F1_FILES_REGION = 'us-east-1';

  @Says('Access key of the bucket; without it, the role of the machine.')
  @IsOptional()
  @IsString()
  F1_FILES_ACCESS_KEY?: string;

  @Says('Secret that belongs to `F1_FILES_ACCESS_KEY`.')
  @IsOptional()
  @IsString()
  F1_FILES_SECRET_KEY?: string;

  @Says('Largest document, in bytes.')
  @Whole()
  @IsInt()
  @Min(1)
  F1_MAX_DOCUMENT_BYTES = 100 * 1024 * 1024;

  @Says('Largest recording, in bytes.')
  @Whole()
  @IsInt()
  @Min(1)
  F1_MAX_RECORDING_BYTES = 2 * 1024 * 1024 * 1024;

  @Says('PKCS#11 library of the hardware module that keeps the master key, such as `/usr/lib/softhsm/libsofthsm2.so`.')
  @IsOptional()
  @IsString()
  F1_PKCS11_MODULE?: string;

  @Says('Label of the token in that module.')
  @IsOptional()
  @IsString()
  F1_PKCS11_TOKEN?: string;

  @Says('File with the pin of the token’s user; a variable would show it to whoever lists processes or dumps one.')
  @IsOptional()
  @IsString()
  F1_PKCS11_PIN_FILE?: string;

  @Says(
    'Label of the master key on the token: wraps the data key of each case, and never leaves the module. Without it the token’s keys only open what they wrapped.',
  )
  @IsOptional()
  @IsString()
  F1_PKCS11_KEY?: string;

  @Says(
    'Command (no shell) that gets the master key from a key service at start, instead of F1_PKCS11_KEY: prints it in base64, then others, one a line.',
  )
  @IsOptional()
  @IsString()
  F1_MASTER_KEY_COMMAND?: string;

  @Says('32 bytes, base64: the master key itself, for development; refused in production.')
  @IsOptional()
  @Matches(KEY_OF_32_BYTES, { message: 'must be 32 bytes in base64' })
  F1_MASTER_KEY?: string;

  @Says('`accepted` lets a production process take F1_MASTER_KEY all the same, for a trial: each start warns.')
  @IsOptional()
  @IsIn(['accepted'])
  F1_MASTER_KEY_IN_ENVIRONMENT?: 'accepted';

  @Says(
    'Master keys that open what they wrapped while `f1 keys rotate` goes on: former or coming ones, separated by commas.',
  )
  @IsOptional()
  @Matches(/^[A-Za-z0-9+/]{43}=(,[A-Za-z0-9+/]{43}=)*$/, { message: 'must be keys of 32 bytes in base64, with commas' })
  F1_OTHER_MASTER_KEYS?: string;

  @Says('32 bytes, base64: keys the tokens by which names are found.')
  @IsOptional()
  @Matches(KEY_OF_32_BYTES, { message: 'must be 32 bytes in base64' })
  F1_INDEX_KEY?: string;

  @Says(
    'Ed25519 private key (PKCS #8 DER, base64): signs ledger heads and webhook deliveries; a portal signs nothing and is given none.',
  )
  @IsOptional()
  @Matches(/^MC4CAQAwBQYDK2VwBCIEI[A-Za-z0-9+/]{43}$|^MC4CAQAwBQYDK2VwBCIEI[A-Za-z0-9+/=]+$/, {
    message: 'must be an Ed25519 private key, PKCS #8 DER in base64',
  })
  F1_SIGNING_KEY?: string;

  @Says(
    'Public keys that signed before, each with the time until which it counts, separated by commas, as `f1 keys rotate-signing` prints them.',
  )
  @IsOptional()
  @Matches(
    /^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=@\d{4}-\d\d-\d\dT[\d:.]+Z(,MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=@\d{4}-\d\d-\d\dT[\d:.]+Z)*$/,
    {
      message: 'must be what f1 keys rotate-signing printed, with commas',
    },
  )
  F1_FORMER_SIGNING_KEYS?: string;

  @Says(
    'In production: signed list of the questionnaires that publish at start (`f1 packs release`); others become drafts.',
  )
  @IsOptional()
  @IsString()
  F1_RELEASE_MANIFEST?: string;

  @Says(
    'Ed25519 public key (file, or SPKI DER in base64) that must have signed it; without it, the signing key of our own.',
  )
  @IsOptional()
  @IsString()
  F1_RELEASE_KEY?: string;

  @Says('Time zone in which working days are counted and times are told to people.')
  @IsTimeZone()
  F1_TIME_ZONE = 'Europe/Brussels';

  @Says(
    'Whose public holidays are no working days: a country such as `BE`, or a part of one such as `DE-BY`; else weekends alone.',
  )
  @IsOptional()
  @Matches(/^[A-Z]{2}(-[A-Z0-9]+){0,2}$/, { message: 'must be a country such as BE, or a part of one such as DE-BY' })
  F1_HOLIDAYS?: string;

  @Says('Country whose authority this is (ISO 3166-1 alpha-2): never a blocked recipient, whoever lived there.')
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'must be an ISO 3166-1 alpha-2 code such as BE' })
  F1_COUNTRY?: string;

  @Says('Origin under which browsers reach the API; a changing request from another origin is refused.')
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  F1_ORIGIN?: string;

  @Says('Addresses of the proxies in front, such as `10.0.0.0/8`: the address they name counts for throttling.')
  @IsOptional()
  @Matches(/^[0-9a-fA-F.:/, ]+$/, { message: 'must be addresses or networks, separated by commas' })
  F1_TRUST_PROXY?: string;

  @Says(
    'File to which each signed ledger head is also appended, outside the database; `witness.jsonl` in F1_DATA_DIR where the embedded PostgreSQL is used.',
  )
  @IsOptional()
  @IsString()
  F1_WITNESS_FILE?: string;

  @Says(
    'URL that is sent each signed checkpoint of the transparency log (POST, text), at another office than the database.',
  )
  @IsOptional()
  @IsUrl({ protocols: ['https', 'http'], require_tld: false, require_protocol: true })
  F1_WITNESS_URL?: string;

  @Says(
    'File that names each erased case, outside the database: after a restore it is erased again; `erasures.jsonl` in F1_DATA_DIR where the embedded PostgreSQL is used.',
  )
  @IsOptional()
  @IsString()
  F1_ERASURE_LEDGER?: string;

  @Says('Minutes between two signed checkpoints of the transparency log.')
  @Whole()
  @IsInt()
  @Min(1)
  @Max(1440)
  F1_CHECKPOINT_MINUTES = 60;

  @Says(
    'Mail server for alerts that something waits in an inbox, such as `smtps://user:password@mail.example.org`; without it, none are sent.',
  )
  @IsOptional()
  @IsUrl({ protocols: ['smtp', 'smtps'], require_tld: false, require_protocol: true })
  F1_SMTP_URL?: string;

  @Says('Sender of those alerts.')
  @IsOptional()
  @IsEmail()
  F1_SMTP_FROM?: string;

  @Says('How much the process logs: `info` in production, else `warn`.')
  @IsOptional()
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  LOG_LEVEL?: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

  /** No external database named: this process brings its own, with demo accounts. */
  get embedded(): boolean {
    return this.DATABASE_URL === undefined;
  }

  /** The file that names erased cases, where there is one. */
  get erasureLedger(): string | undefined {
    return this.F1_ERASURE_LEDGER ?? (this.embedded ? join(this.F1_DATA_DIR, 'erasures.jsonl') : undefined);
  }

  get logLevel(): string {
    return this.LOG_LEVEL ?? (this.NODE_ENV === 'production' ? 'info' : 'warn');
  }

  /** Where no installation says so, the demo's country: its two authorities are Belgian. */
  get country(): string {
    return this.F1_COUNTRY ?? 'BE';
  }

  get runsApi(): boolean {
    return this.ROLE === 'api' || this.ROLE === 'all';
  }

  get runsWorker(): boolean {
    return this.ROLE === 'worker' || this.ROLE === 'all';
  }

  get runsPortal(): boolean {
    return this.ROLE === 'portal';
  }

  /** Prosecutors sign in at a portal, and this process is none. */
  get turnsProsecutorsAway(): boolean {
    return this.F1_PROSECUTORS_AT === 'portal' && !this.runsPortal;
  }

  /** What is let pass, and an operator should change. */
  get warnings(): string[] {
    return this.NODE_ENV === 'production' ? masterKeyWarnings(this) : [];
  }

  /** Somebody signs in here. */
  get answersPeople(): boolean {
    return this.runsApi || this.runsPortal;
  }
}

/** Every bad variable at once, each with its name and what to write instead. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

const PRODUCTION_NEEDS = ['DATABASE_URL', 'F1_COUNTRY', 'F1_INDEX_KEY', 'F1_SIGNING_KEY'] as const;

/** Reads and checks the environment. Throws ConfigError naming every variable that is wrong or missing. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const names = [...descriptions.keys()];
  const given = Object.fromEntries(names.filter((name) => (env[name] ?? '') !== '').map((name) => [name, env[name]]));
  const config = plainToInstance(Config, given, { exposeDefaultValues: true });
  const problems = validateSync(config, { whitelist: true }).map(sentenceOf);
  if (config.NODE_ENV === 'production') {
    for (const name of PRODUCTION_NEEDS) {
      const unused = name === 'F1_SIGNING_KEY' && config.runsPortal;
      if (config[name] === undefined && !unused) problems.push(`${name} is required when NODE_ENV is production`);
    }
    if (config.answersPeople && config.F1_ORIGIN === undefined) {
      problems.push('F1_ORIGIN is required when NODE_ENV is production, such as https://f1.example.org');
    }
  }
  if ((config.F1_FILES_ACCESS_KEY === undefined) !== (config.F1_FILES_SECRET_KEY === undefined)) {
    problems.push('F1_FILES_ACCESS_KEY and F1_FILES_SECRET_KEY belong together: set both or neither');
  }
  problems.push(...masterKeyProblems(config));
  if (config.F1_SMTP_URL !== undefined && config.F1_SMTP_FROM === undefined) {
    problems.push('F1_SMTP_FROM is required where F1_SMTP_URL is set: the address that alerts come from');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function sentenceOf(error: ValidationError): string {
  const reasons = Object.values(error.constraints ?? {}).map((reason) => reason.replace(`${error.property} `, ''));
  const secret = /KEY|URL/.test(error.property);
  return `${error.property} ${reasons.join(' and ')}${secret ? '' : ` (it is ${JSON.stringify(error.value)})`}`;
}

/** The configuration as a Markdown table: variable, default, meaning. */
export function configTable(): string {
  const defaults = new Config() as unknown as Record<string, unknown>;
  const rows = [...descriptions].map(([name, says]) => {
    const value = defaults[name];
    const shown =
      value !== undefined
        ? `\`${String(value)}\``
        : PRODUCTION_NEEDS.some((n) => n === name)
          ? 'required in production'
          : name === MASTER_KEY[0] || name === MASTER_KEY[1]
            ? 'one of two, in production'
            : '';
    return `| \`${name}\` | ${shown} | ${says} |`;
  });
  return ['| Variable | Default | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
}
