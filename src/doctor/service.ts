import type { Config } from '../config.ts';
import { databaseOf, readEnvironment, toConfig } from '../config.ts';
import { isOutdated } from '../database/steps.ts';
import { namesService } from '../environment.ts';
import { isFailure, SealgateError } from '../error.ts';
import { unsealedRecords } from '../service/records.ts';
import { isDatabaseMissing, openState } from '../service/state.ts';
import { readPins } from '../trust-list/pin.ts';
import { openTrustStore } from '../trust-list/store.ts';
import { type DoctorContext, shownPath } from './context.ts';
import { type Finding, findingOf, good } from './finding.ts';

const day = 86_400_000;
/** Logins refuse a list older than thirty days; a week before that it is time to act. */
const oldestAge = 30 * day;
const worryingAge = 23 * day;

/** The service's own settings, storage and trust, where there is a service on this computer. Nothing is changed. */
export async function examineService(context: DoctorContext): Promise<readonly Finding[]> {
  const { language, words } = context;
  try {
    const config = toConfig(readEnvironment());
    if (!namesService() && isDatabaseMissing(config)) {
      return [good('service', words.sections.service, words.noService)];
    }
    return [
      good('service', words.configuration, shownPath(context, config.data)),
      ...(await examineStorage(context, config)),
    ];
  } catch (error) {
    if (isFailure(error)) return [findingOf('service', words.configuration, error, language)];
    throw error;
  }
}

async function examineStorage(context: DoctorContext, config: Config): Promise<readonly Finding[]> {
  const { language, words, at } = context;
  try {
    if (isDatabaseMissing(config)) return nothingYet(context, config);
    const { database } = await openState(config, at, 'read');
    try {
      if (await isOutdated(database)) return [outdated(context, config)];
      const { current } = await openTrustStore(database, readPins(config.anchors), at);
      const { anchors, accreditation, list } = current;
      const broken = await unsealedRecords(database);
      const trusted = words.trusted(anchors.anchors.length, accreditation.size);
      return [
        good('service', words.storage, shownPath(context, databaseOf(config))),
        broken === undefined
          ? good('service', words.records, words.recordsOwn)
          : findingOf('service', words.records, broken, language),
        anchors.anchors.length === 0
          ? findingOf(
              'service',
              words.trust,
              new SealgateError('trust_missing'),
              language,
              'bad',
              `${trusted}.`,
            )
          : listFinding(context, trusted, list),
      ];
    } finally {
      await database.close();
    }
  } catch (error) {
    if (isFailure(error)) return [findingOf('service', words.storage, error, language)];
    throw error;
  }
}

function outdated(context: DoctorContext, config: Config): Finding {
  const { language, words } = context;
  const older = new SealgateError('database_outdated', { file: shownPath(context, databaseOf(config)) });
  return findingOf('service', words.storage, older, language, 'warning');
}

/** Before the first start, or in a folder that was mistyped. */
function nothingYet(context: DoctorContext, { database }: Config): readonly Finding[] {
  const { language, words } = context;
  const absent = new SealgateError('database_absent', { file: shownPath(context, database) });
  return [
    findingOf('service', words.storage, absent, language, 'warning'),
    findingOf(
      'service',
      words.trust,
      new SealgateError('trust_missing'),
      language,
      'bad',
      `${words.trusted(0, 0)}.`,
    ),
  ];
}

function listFinding(
  { language, words, at }: DoctorContext,
  trusted: string,
  list: { readonly version: unknown; readonly date: number } | undefined,
): Finding {
  if (list === undefined) return good('service', words.trust, `${trusted}, ${words.noList}`);
  const found = `${trusted}, ${words.list(String(list.version), new Date(list.date).toISOString().slice(0, 10))}`;
  const age = at - list.date;
  if (age <= worryingAge) return good('service', words.trust, found);
  const aged = new SealgateError('trust_list_aged', { date: new Date(list.date) });
  return findingOf('service', words.trust, aged, language, age > oldestAge ? 'bad' : 'warning', `${found}.`);
}
