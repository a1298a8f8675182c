import type { Command } from 'commander';

type AddCommands = (program: Command) => void;

/** Commands of the first level that one module adds. */
interface Part {
  /** Each with what it is for, as the help of the program says. */
  readonly commands: Readonly<Record<string, string>>;
  /** Loads the module: only where one of its commands is called. */
  load(): Promise<AddCommands>;
}

/** Every part of the command line, in the order of the help. */
export const parts: readonly Part[] = [
  {
    commands: {
      serve: 'run the service; settings come from SEALGATE_… variables and the configuration file',
    },
    load: async () => (await import('./serve.ts')).serveCommand,
  },
  {
    commands: { stand: 'a test authority, token, service and portal to build against' },
    load: async () => (await import('../stand/command.ts')).standCommands,
  },
  {
    commands: { authority: 'a certificate authority for tests: its keys lie in files' },
    load: async () => (await import('../authority/command.ts')).authorityCommands,
  },
  {
    commands: { config: 'settings of the service: what they are, and whether they hold' },
    load: async () => (await import('../operator/configuration.ts')).configCommands,
  },
  {
    commands: { doctor: 'look at what a sign-in depends on on this machine, and say what to mend' },
    load: async () => (await import('../doctor/command.ts')).doctorCommand,
  },
  {
    commands: { token: 'tokens, smart cards and the keys on them' },
    load: async () => (await import('../token/command.ts')).tokenCommands,
  },
  {
    commands: {
      sign: 'sign files with a token or a key file (CAdES, PAdES, XAdES, SMEV 3, ASiC-E)',
      login: 'sign in to a service the way a portal does, to try it out',
    },
    load: async () => (await import('../signing/command.ts')).signingCommands,
  },
  {
    commands: { agent: 'run the signing agent: portals’ pages ask it for signatures, and it asks you' },
    load: async () => (await import('../agent/command.ts')).agentCommands,
  },
  {
    commands: { certificate: 'look at certificates and validate them' },
    load: async () => (await import('../validation/command.ts')).certificateCommands,
  },
  {
    commands: { signature: 'validate and extend signed documents' },
    load: async () => (await import('../document/command.ts')).signatureCommands,
  },
  {
    commands: { trust: 'accredited authorities, and certificates of your own trust' },
    load: async () => (await import('../operator/trust.ts')).trustCommands,
  },
  {
    commands: { revocation: 'lists of revoked certificates that the service holds' },
    load: async () => (await import('../operator/revocation.ts')).revocationCommands,
  },
  {
    commands: { client: 'relying parties: the portals that sign people in' },
    load: async () => (await import('../operator/client.ts')).clientCommands,
  },
  {
    commands: { keys: 'keys that sign assertions' },
    load: keysCommands,
  },
  {
    commands: { records: 'records that decide who is trusted, and whether this service wrote them' },
    load: async () => (await import('../operator/records.ts')).recordsCommands,
  },
  {
    commands: { organisation: 'the register of organisations, and what they do here' },
    load: async () => (await import('../operator/organisation.ts')).organisationCommands,
  },
  {
    commands: { power: 'machine-readable powers of attorney that lie ready for sign-ins' },
    load: async () => (await import('../operator/power.ts')).powerCommands,
  },
  {
    commands: { carrier: 'certificates that organisations have connected' },
    load: async () => (await import('../operator/carrier.ts')).carrierCommands,
  },
  {
    commands: {
      archive: 'signed documents that are kept for years: their time-stamps are renewed before they end',
    },
    load: async () => (await import('../operator/archive.ts')).archiveCommands,
  },
  {
    commands: { database: 'the database that the service keeps everything in' },
    load: async () => (await import('../operator/database.ts')).databaseCommands,
  },
  {
    commands: {
      backup:
        'copy database, secrets and assertion keys into one new file, while the service runs, and verify it',
      restore: 'verify a backup and put it where nothing is yet: into an empty data folder',
    },
    load: async () => (await import('../operator/backup.ts')).backupCommands,
  },
  {
    commands: { audit: 'the log of sign-ins' },
    load: async () => (await import('../operator/audit.ts')).auditCommands,
  },
];

async function keysCommands(): Promise<AddCommands> {
  const { keysCommands: add } = await import('../operator/keys.ts');
  const { openTokenKey } = await import('../assertion/token-key.ts');
  return (to) => add(to, (uri) => openTokenKey(uri));
}
