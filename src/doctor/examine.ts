import { existsSync } from 'node:fs';
import { ecdsa } from '../algorithm/ecdsa.ts';
import type { Config } from '../config.ts';
import { readEnvironment, toConfig } from '../config.ts';
import { chosenDriver } from '../environment.ts';
import { isFailure } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import { loadedGost } from '../gost/engine.ts';
import { unsealedRecords } from '../service/records.ts';
import { openState } from '../service/state.ts';
import { takeInventory } from '../token/inventory.ts';
import { readPins } from '../trust-list/pin.ts';
import { openTrustStore } from '../trust-list/store.ts';
import { type Finding, findingOf } from './finding.ts';

const day = 86_400_000;
/** Logins refuse a list older than thirty days; a week before that it is time to act. */
const worryingAge = 23 * day;
const leastNode = 24;
const getTrust =
  'Import the list of accredited authorities (sealgate trust import) or add a root of your own (sealgate trust add).';
const buildNative = 'Install g++, make and python3, then: npm run setup';

/**
 * Looks at what a sign-in depends on on this machine: Node.js, the GOST engine, drivers and tokens, configuration,
 * storage, trust. Changes nothing; asks for no PIN. `at` in ms since the epoch.
 */
export async function examine(language: Language, at: number): Promise<readonly Finding[]> {
  return [
    runtime(),
    gostEngine(),
    ecdsaEngine(),
    ...(await drivers(language)),
    ...(await service(language, at)),
  ];
}

function runtime(): Finding {
  const name = 'Node.js';
  const found = `${process.version}, ${process.platform} ${process.arch}`;
  if (Number(process.versions.node.split('.')[0]) >= leastNode) return { name, state: 'good', found };
  return { name, state: 'bad', found, remedy: `Run it with npm, which brings Node.js ${leastNode}.` };
}

function gostEngine(): Finding {
  const { engine, detail } = loadedGost();
  const found = `${engine.name} (${detail})`;
  if (engine.name === 'native') return { name: 'GOST', state: 'good', found };
  return {
    name: 'GOST',
    state: 'warning',
    found,
    remedy: buildNative,
  };
}

function ecdsaEngine(): Finding {
  const found = ecdsa.name;
  return found === 'native'
    ? { name: 'ECDSA', state: 'good', found }
    : { name: 'ECDSA', state: 'warning', found, remedy: buildNative };
}

/** The drivers in their usual places, and before them the one that SEALGATE_PKCS11_MODULE names. */
async function drivers(language: Language): Promise<readonly Finding[]> {
  const named = chosenDriver();
  const ofNamed = named === undefined ? [] : await driversOf(named, language);
  const others = await driversOf(undefined, language);
  return [...ofNamed, ...others.filter(({ name }) => !ofNamed.some((known) => known.name === name))];
}

async function driversOf(module: string | undefined, language: Language): Promise<readonly Finding[]> {
  try {
    const inventory = await takeInventory(module);
    return inventory.map(({ library, tokens, failure }) => {
      const name = `driver ${library.name}`;
      if (failure !== undefined) return findingOf(name, failure, language);
      const labels = tokens.map(({ token }) => token.label.trim() || 'not initialised');
      return { name, state: 'good', found: labels.length === 0 ? 'no token' : labels.join(', ') };
    });
  } catch (error) {
    if (!isFailure(error)) throw error;
    return module === undefined
      ? [findingOf('drivers', error, language, 'warning')]
      : [findingOf(`driver ${module}`, error, language)];
  }
}

async function service(language: Language, at: number): Promise<readonly Finding[]> {
  try {
    const config = toConfig(readEnvironment());
    return [
      { name: 'configuration', state: 'good', found: config.data },
      ...(await storage(config, language, at)),
    ];
  } catch (error) {
    if (isFailure(error)) return [findingOf('configuration', error, language)];
    throw error;
  }
}

/** Before the first start, or in a folder that was mistyped. */
function nothingYet({ database }: Config): readonly Finding[] {
  const found = `no database yet at ${database}`;
  return [
    { name: 'storage', state: 'warning', found, remedy: 'See whether SEALGATE_DATA names the right folder.' },
    { name: 'trust', state: 'bad', found: '0 roots, 0 issuing keys', remedy: getTrust },
  ];
}

async function storage(config: Config, language: Language, at: number): Promise<readonly Finding[]> {
  try {
    if (!existsSync(config.database)) return nothingYet(config);
    const { database } = await openState(config, at, 'read');
    try {
      const { current } = await openTrustStore(database, readPins(config.anchors), at);
      const { anchors, accreditation, list } = current;
      const stored: Finding = { name: 'storage', state: 'good', found: config.database };
      const broken = await unsealedRecords(database);
      const records: Finding =
        broken === undefined
          ? { name: 'records', state: 'good', found: 'all written by this service' }
          : findingOf('records', broken, language);
      const found = `${anchors.anchors.length} roots, ${accreditation.size} issuing keys`;
      if (anchors.anchors.length === 0) {
        return [stored, records, { name: 'trust', state: 'bad', found, remedy: getTrust }];
      }
      if (list === undefined)
        return [stored, records, { name: 'trust', state: 'good', found: `${found}, no list of the state` }];
      const isOld = at - list.date > worryingAge;
      const dated = `${found}, list ${list.version} of ${new Date(list.date).toISOString().slice(0, 10)}`;
      const remedy = 'Import the present list: sealgate trust import';
      return [
        stored,
        records,
        isOld
          ? { name: 'trust', state: 'warning', found: dated, remedy }
          : { name: 'trust', state: 'good', found: dated },
      ];
    } finally {
      await database.close();
    }
  } catch (error) {
    if (isFailure(error)) return [findingOf('storage', error, language)];
    throw error;
  }
}
