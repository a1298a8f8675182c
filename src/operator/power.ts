import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { SealgateError } from '../error.ts';
import { safeText } from '../failure/value.ts';
import { powerVerifier } from '../login/verify.ts';
import { largestPower } from '../power-of-attorney/element.ts';
import { findPower, listPowers, withdrawPower } from '../power-of-attorney/store.ts';
import { policySchema } from '../relying-party/registration.ts';
import { createSources, usualSources } from '../revocation/sources.ts';
import { DatabaseStorage } from '../revocation/store/database.ts';
import { shownPower } from '../service/shown.ts';
import { authorisationOf } from '../service/verifier.ts';
import { alignColumns } from '../terminal/table.ts';
import { readPins } from '../trust-list/pin.ts';
import { openTrustStore } from '../trust-list/store.ts';
import { type Operation, operate, type Report } from './operate.ts';
import { reportOf, subjectOf } from './organisation.ts';

interface JsonOption {
  readonly json?: boolean;
}

/** Adds `sealgate power add`, `list`, `show` and `withdraw`. */
export function powerCommands(program: Command): void {
  const power = program
    .command('power')
    .description('machine-readable powers of attorney that lie ready for sign-ins');
  const json = ['--json', 'print JSON'] as const;
  power
    .command('add <document> <signature>')
    .description('verify a power of attorney (format 003, detached CMS signature) and lay it ready')
    .option('--unqualified', 'accept a signature by a certificate that is not qualified')
    .option(...json)
    .action((document: string, signature: string, options: JsonOption & { unqualified?: boolean }) =>
      operate(options.json === true, (operation) =>
        addReport(operation, document, signature, options.unqualified !== true),
      ),
    );
  power
    .command('list <ogrn>')
    .description('the powers that an organisation has given')
    .option(...json)
    .action((ogrn: string, options: JsonOption) =>
      operate(options.json === true, (operation) => listReport(operation, subjectOf(ogrn))),
    );
  power
    .command('show <ogrn> <number>')
    .description('what a power says')
    .option(...json)
    .action((ogrn: string, number: string, options: JsonOption) =>
      operate(options.json === true, (operation) =>
        showReport(operation, subjectOf(ogrn), number.toLowerCase()),
      ),
    );
  power
    .command('withdraw <ogrn> <number>')
    .description('withdraw a power here and end the sessions that rest on it')
    .option(...json)
    .action((ogrn: string, number: string, options: JsonOption) =>
      operate(options.json === true, async ({ database, at }) => {
        const withdrawn = await withdrawPower(
          database,
          subjectOf(ogrn),
          number.toLowerCase(),
          'operator',
          at,
        );
        if (!withdrawn) throw unknown(number);
        return reportOf({ number, withdrawn }, [`${number} is withdrawn, and its sessions have ended`]);
      }),
    );
}

/** What `power add` reports. */
export async function addReport(
  { database, config, at }: Operation,
  document: string,
  signature: string,
  requireQualified: boolean,
): Promise<Report> {
  const presented = { document: await readOctets(document), signature: await readOctets(signature) };
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
      `${power.number} of ${safeText(principal.name)} (OGRN ${principal.ogrn}) lies ready`,
    ]);
  } finally {
    await sources.fetcher.close();
  }
}

async function listReport({ database, at }: Operation, subject: string): Promise<Report> {
  const powers = (await listPowers(database, subject)).map((power) => shownPower(power, at));
  const rows = powers.map(({ number, state, representative, notAfter, lastUsedAt }) => [
    number,
    state,
    safeText(representative.name, 60),
    notAfter.toISOString(),
    lastUsedAt?.toISOString() ?? '',
  ]);
  return reportOf(powers, [alignColumns([['NUMBER', 'STATE', 'FOR', 'UNTIL', 'LAST USED'], ...rows])]);
}

async function showReport({ database, at }: Operation, subject: string, number: string): Promise<Report> {
  const found = await findPower(database, subject, number);
  if (found === undefined) throw unknown(number);
  const shown = shownPower(found, at);
  const { name } = found.verified.principal;
  return reportOf({ principal: name, ...shown }, [
    `${number}: ${shown.state}`,
    `given by  ${safeText(name)}${shown.first === undefined ? '' : `, handed on from ${shown.first}`}`,
    `for       ${safeText(shown.representative.name)} (${shown.representative.number})`,
    `term      ${shown.notBefore.toISOString()} to ${shown.notAfter.toISOString()}`,
    `powers    ${shown.powers.join(' ')}`,
  ]);
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

function unknown(number: string): SealgateError {
  return new SealgateError('power_of_attorney_unknown', { number });
}
