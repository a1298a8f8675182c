import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';

/** Where Debian, Fedora and Homebrew put PostgreSQL's programs. */
const places = [
  '/usr/lib/postgresql',
  '/usr/pgsql-18',
  '/usr/pgsql-17',
  '/opt/homebrew/opt',
  '/usr/local/opt',
];

/** A PostgreSQL of one's own, in a temporary folder, on a socket that only this user reaches. */
export interface PrivatePostgresql {
  /** The folder that holds its socket, for port 5432, and its data. */
  readonly folder: string;
  /** The address of a database of it. */
  url(database: string): string;
  /** Makes an empty database and gives its address. */
  create(database: string): Promise<string>;
  /** Runs a statement as the one who may do anything, outside of the databases that were made, and gives its rows. */
  run(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Copies all that it has, as it runs, into a new folder below its own (`pg_basebackup`), and gives that. */
  backUp(name: string): string;
  /** From now on asks for the password of that user. */
  askPasswordOf(user: string): Promise<void>;
  /** Ends it at once, as a power failure would end the process; nothing is flushed or said. */
  kill(): Promise<void>;
  /** Ends it as an operator does who restarts it: connections are broken off. */
  stop(): Promise<void>;
  /** Breaks off all connections to that database, and tells how many there were. */
  disconnect(database: string): Promise<number>;
  /** Starts it again after `kill` or `stop`. */
  start(): Promise<void>;
  /** Ends it and removes all that it kept. */
  close(): Promise<void>;
}

/** The folder of `initdb` and `postgres`; undefined where PostgreSQL is not installed. */
export function postgresqlPrograms(): string | undefined {
  const versions = places.flatMap((place) =>
    existsSync(place)
      ? readdirSync(place)
          .filter((name) => /^(\d+|postgresql(@\d+)?)$/.test(name))
          .sort((a, b) => Number(b.replace(/\D/g, '')) - Number(a.replace(/\D/g, '')))
          .map((name) => join(place, name, 'bin'))
      : [],
  );
  return [...versions, ...places.map((place) => join(place, 'bin'))].find((folder) =>
    existsSync(join(folder, 'initdb')),
  );
}

/**
 * Starts one. `isDurable` has it flush what it commits, as a server does that keeps something; without it a kill of the
 * process still loses nothing, only a failure of the whole machine does. `inside` is the folder that its own is made in.
 * PostgreSQL refuses to run as root: then it runs as the user `postgres`, or `nobody`.
 *
 * Rejects with an Error where PostgreSQL is not installed or does not start; it has PostgreSQL's own words.
 */
export async function startPostgresql({
  isDurable = false,
  settings = [] as readonly string[],
  inside = tmpdir(),
} = {}): Promise<PrivatePostgresql> {
  const words = [
    '--username',
    user,
    '--auth',
    'trust',
    '--encoding',
    'UTF8',
    '--no-sync',
    '--locale',
    'C.UTF-8',
  ];
  const all = [...(isDurable ? [] : ['fsync=off']), ...settings];
  return servePostgresql({ settings: all, inside }, (data, run) =>
    run('initdb', ['--pgdata', data, ...words]),
  );
}

const user = 'sealgate';

/** A copy that begins at once, and that nobody has to keep through a failure of the machine. */
const copying = ['--checkpoint', 'fast', '--no-sync'];

/** Where a server is served, by whom, and with what settings. */
export interface Serving {
  readonly settings: readonly string[];
  /** The folder that its own is made in. */
  readonly inside?: string;
}

/** Runs a program of PostgreSQL, or any other, as the user that the server runs as. Throws an Error with its words. */
export type RunAsServer = (command: string, words: readonly string[]) => void;

/**
 * Has `make` make a folder of data, and serves it. Rejects with an Error where PostgreSQL is not installed, or does not
 * start.
 */
export async function servePostgresql(
  { settings, inside = tmpdir() }: Serving,
  make: (data: string, run: RunAsServer) => void,
): Promise<PrivatePostgresql> {
  const programs = postgresqlPrograms();
  if (programs === undefined) throw new Error('PostgreSQL is not installed');
  const folder = mkdtempSync(join(inside, 'sealgate-pg-'));
  const runAs = otherUser();
  if (runAs !== undefined) chownSync(folder, runAs.uid, runAs.gid);
  const data = join(folder, 'data');
  const runProgram: RunAsServer = (command, words) => {
    const own = join(programs, command);
    const program = existsSync(own) ? own : command;
    const { status, stderr, error } = spawnSync(program, words, { encoding: 'utf8', cwd: folder, ...runAs });
    if (status !== 0) throw new Error(`${command}: ${stderr || error?.message}`);
  };
  make(data, runProgram);
  const url = (database: string) =>
    `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(folder)}`;
  const options = [
    ...['listen_addresses=', `unix_socket_directories=${folder}`, 'unix_socket_permissions=0777'],
    ...settings,
  ].flatMap((setting) => ['-c', setting]);
  let server: ChildProcess | undefined;
  const start = async () => {
    for (const until = performance.now() + 15_000; ; ) {
      server = spawn(join(programs, 'postgres'), ['-D', data, ...options], {
        stdio: ['ignore', 'ignore', 'ignore'],
        cwd: folder,
        ...runAs,
      });
      if (await answers(url('postgres'), server)) return;
      // After a kill what the old one had begun may take a moment to notice, and no new one starts beside it.
      if (performance.now() > until) throw new Error('PostgreSQL did not start');
      await setTimeout(100);
    }
  };
  const end = async (signal: 'SIGKILL' | 'SIGINT') => {
    const ending = server;
    server = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    await ended;
  };
  const run = async (sql: string, values: readonly unknown[] = []) => {
    const client = new Client({ connectionString: url('postgres') });
    await client.connect();
    try {
      return await client.query<Readonly<Record<string, unknown>>>(sql, [...values]);
    } finally {
      await client.end();
    }
  };
  await start();
  return {
    folder,
    url,
    async create(database) {
      await run(`CREATE DATABASE ${escapeIdentifier(database)}`);
      return url(database);
    },
    run: async (sql) => (await run(sql)).rows,
    backUp(name) {
      const base = join(folder, name);
      runProgram('pg_basebackup', [...['--pgdata', base, '--dbname', url('postgres')], ...copying]);
      return base;
    },
    async askPasswordOf(user) {
      const rules = join(data, 'pg_hba.conf');
      writeFileSync(rules, `local all ${user} scram-sha-256\n${readFileSync(rules, 'utf8')}`);
      server?.kill('SIGHUP');
      await setTimeout(300);
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGINT'),
    async disconnect(database) {
      const sql = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1';
      return (await run(sql, [database])).rowCount ?? 0;
    },
    start,
    async close() {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function otherUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error('PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as');
}

/** Whether it comes to answer; false where it has ended instead. */
async function answers(url: string, server: ChildProcess): Promise<boolean> {
  for (const end = performance.now() + 30_000; performance.now() < end; ) {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      if (server.exitCode !== null) return false;
      await setTimeout(20);
    }
  }
  server.kill('SIGKILL');
  throw new Error('PostgreSQL does not answer');
}
