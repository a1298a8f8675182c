import { join } from 'node:path';
import { type PrivatePostgresql, servePostgresql } from '../../src/demo/private-postgresql.ts';

/**
 * Starts a standby of `primary`, which follows all that it writes (streaming replication) and calls itself `name`.
 * Rejects as `startPostgresql` does.
 */
export function startStandby(primary: PrivatePostgresql, name: string): Promise<PrivatePostgresql> {
  const source = `${primary.url('postgres')}&application_name=${name}`;
  const words = ['--dbname', source, '--write-recovery-conf', '--checkpoint', 'fast', '--no-sync'];
  return servePostgresql({ settings: ['fsync=off'] }, (data, run) =>
    run('pg_basebackup', ['--pgdata', data, ...words]),
  );
}

/**
 * Starts a server from a copy of another one's folder and its archive of the log, as all was at that time (ISO 8601):
 * point-in-time recovery. Rejects as `startPostgresql` does.
 */
export function startRecovered(base: string, archive: string, at: string): Promise<PrivatePostgresql> {
  const settings = [
    ...['fsync=off', `restore_command=cp ${archive}/%f %p`],
    ...[`recovery_target_time=${at}`, 'recovery_target_action=promote'],
  ];
  return servePostgresql({ settings }, (data, run) => {
    run('cp', ['-a', base, data]);
    run('touch', [join(data, 'recovery.signal')]);
  });
}
