import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { mostShownCodes } from '../account/powers.ts';
import type { Database } from '../database/database.ts';
import { messageIn } from '../encoding/message.ts';
import { SealgateError } from '../error.ts';
import { safeText } from '../failure/value.ts';
import { powerVerifier } from '../login/verify.ts';
import { moveAllEarlierPowers } from '../power-of-attorney/earlier.ts';
import { largestPower } from '../power-of-attorney/element.ts';
import { firstNumber } from '../power-of-attorney/name.ts';
import { type KeptPower, listPowers, meantPower, scopeOf } from '../power-of-attorney/store.ts';
import { withdrawPower } from '../power-of-attorney/withdraw.ts';
import { policySchema } from '../relying-party/registration.ts';
import { createSources, usualSources } from '../revocation/sources.ts';
import { DatabaseStorage } from '../revocation/store/database.ts';
import { shownPower } from '../service/shown.ts';
import { authorisationOf } from '../service/verifier.ts';
import { moment, say } from '../terminal/say.ts';
import { facts, table } from '../terminal/table.ts';
import { readPins } from '../trust-list/pin.ts';
import { openTrustStore } from '../trust-list/store.ts';
import { type Operation, operate, type Report } from './operate.ts';
import { reportOf, subjectOf } from './organisation.ts';

interface JsonOption {
  readonly json?: boolean;
}

interface FirstOption {
  readonly first?: string;
}

/** Adds `sealgate power add`, `list`, `show` and `withdraw`. */
export function powerCommands(program: Command): void {
  const power = program
    .command('power')
    .description('machine-readable powers of attorney that lie ready for sign-ins');
  const json = ['--json', 'print JSON'] as const;
  const from = [
    '--first <number>',
    'where several have the number: that of the power it was handed on from, or `none`',
  ] as const;
  power
    .command('add <document> <signature>')
    .description('verify a power of attorney (format 003, detached CMS signature) and lay it ready')
    .option('--unqualified', 'accept a signature by a certificate that is not qualified')
    .option(...json)
    .action((document: string, signature: string, options: JsonOption & { unqualified?: boolean }) =>
      operatePowers(options, (operation) =>
        addReport(operation, document, signature, options.unqualified !== true),
      ),
    );
  power
    .command('list <ogrn>')
    .description('the powers that an organisation has given')
    .option(...json)
    .action((ogrn: string, options: JsonOption) =>
      operatePowers(options, (operation) => listReport(operation, subjectOf(ogrn))),
    );
  power
    .command('show <ogrn> <number>')
    .description('what a power says')
    .option(...from)
    .option(...json)
    .action((ogrn: string, number: string, options: JsonOption & FirstOption) =>
      operatePowers(options, (operation) => showReport(operation, ogrn, number, options)),
    );
  power
    .command('withdraw <ogrn> <number>')
    .description('withdraw a power here and end the sessions that rest on it')
    .option(...from)
    .option(...json)
    .action((ogrn: string, number: string, options: JsonOption & FirstOption) =>
      operatePowers(options, async ({ database, at }) => {
        const power = await meant(database, ogrn, number, options);
        const withdrawn = await withdrawPower(database, power, 'operator', at);
        return reportOf({ number, withdrawn }, [
          say({
            en: `${number} is withdrawn, and its sessions have ended`,
            ru: `Доверенность ${number} отозвана, её сеансы завершены`,
          }),
        ]);
      }),
    );
}

/** As `operate`, on powers as this version keeps them: a service of it need not have run on the database yet. */
function operatePowers(
  { json }: JsonOption,
  command: (operation: Operation) => Promise<Report>,
): Promise<void> {
  return operate(json === true, async (operation) => {
    await moveAllEarlierPowers(operation.database);
    return command(operation);
  });
}

/** What `power add` reports. */
export async function addReport(
  { database, config, at }: Operation,
  document: string,
  signature: string,
  requireQualified: boolean,
): Promise<Report> {
  const presented = {
    document: await readOctets(document),
    signature: messageIn(await readOctets(signature), signature),
  };
  const trust = await openTrustStore(database, readPins(config.anchors), at);
  const fetch = {
    ...usualSources.fetch,
    allowedNetworks: config.revocationNetworks,
    allowedHosts: config.revocationHosts,
  };
  const now = () => Date.now();
  const sources = createSources({ ...usualSources, fetch }, { storage: new DatabaseStorage(database, now) });
  try {
    const authorisation = authorisationOf(config, database, now);
    const verify = powerVerifier({ trust: () => trust.current, sources, authorisation });
    const { power, principal } = await verify(presented, policySchema.parse({ requireQualified }), at);
    return reportOf({ number: power.number, ogrn: principal.ogrn }, [
      say({
        en: `${power.number} of ${safeText(principal.name)} (OGRN ${principal.ogrn}) lies ready`,
        ru: `Доверенность ${power.number} от ${safeText(principal.name)} (ОГРН ${principal.ogrn}) принята`,
      }),
    ]);
  } finally {
    await sources.fetcher.close();
  }
}

const stateWords = {
  'in-force': { en: 'in force', ru: 'действует' },
  'out-of-term': { en: 'out of its term', ru: 'вне срока' },
  unreadable: { en: 'unreadable', ru: 'не читается' },
  withdrawn: { en: 'withdrawn', ru: 'отозвана' },
} as const;

/** Powers that are read at a time. */
const onPage = 500;

async function listReport({ database, at }: Operation, subject: string): Promise<Report> {
  const powers: Awaited<ReturnType<typeof shown>>[] = [];
  for (let last: KeptPower | undefined; ; ) {
    const found: readonly KeptPower[] = await listPowers(database, subject, onPage, last);
    for (const power of found) powers.push(await shown(database, power, at));
    last = found.at(-1);
    if (found.length < onPage) break;
  }
  const rows = powers.map(({ number, state, representative, notAfter, lastUsedAt }) => [
    number,
    say(stateWords[state]),
    safeText(representative.name, 60),
    moment(notAfter),
    lastUsedAt === undefined ? '' : moment(lastUsedAt),
  ]);
  const header = say({
    en: ['NUMBER', 'STATE', 'FOR', 'UNTIL', 'LAST USED'],
    ru: ['НОМЕР', 'СОСТОЯНИЕ', 'КОМУ', 'ДО', 'ПРИМЕНЯЛАСЬ'],
  });
  return reportOf(powers, [table([header, ...rows], [0])]);
}

async function shown(database: Database, power: KeptPower, at: number) {
  return shownPower(power, await scopeOf(database, power, mostShownCodes), at);
}

async function showReport(
  { database, at }: Operation,
  ogrn: string,
  number: string,
  options: FirstOption,
): Promise<Report> {
  const found = await meant(database, ogrn, number, options);
  const power = await shown(database, found, at);
  const { principalName: principal } = found;
  const first = firstNumber(found);
  const handedOn =
    first === undefined
      ? ''
      : say({ en: `, handed on from ${first}`, ru: `, в порядке передоверия по ${first}` });
  return reportOf({ principal, ...power }, [
    `${power.number}: ${say(stateWords[power.state])}`,
    facts([
      [say({ en: 'given by', ru: 'выдал' }), `${safeText(principal)}${handedOn}`],
      [
        say({ en: 'for', ru: 'кому' }),
        `${safeText(power.representative.name)} (${power.representative.number})`,
      ],
      [say({ en: 'term', ru: 'срок' }), `${moment(power.notBefore)} – ${moment(power.notAfter)}`],
      [say({ en: 'powers', ru: 'полномочия' }), power.powers.map((code) => safeText(code, 100)).join(' ')],
    ]),
  ]);
}

function meant(database: Database, ogrn: string, number: string, { first }: FirstOption): Promise<KeptPower> {
  const giver = first === 'none' ? null : first?.toLowerCase();
  return meantPower(database, subjectOf(ogrn), number.toLowerCase(), giver);
}

async function readOctets(file: string): Promise<Uint8Array> {
  try {
    if ((await stat(file)).size > largestPower) {
      throw new SealgateError('request_too_large', { field: file, limit: largestPower });
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof SealgateError) throw error;
    throw new SealgateError('file_unreadable', { file }, { cause: error });
  }
}
