import { chosenDriver } from '../environment.ts';
import { type FailureCode, isFailure, SealgateError } from '../error.ts';
import { safeText } from '../failure/safe-text.ts';
import { type ModuleInventory, type TokenInventory, takeInventory } from '../token/inventory.ts';
import { type DoctorContext, shownPath } from './context.ts';
import { type Finding, findingOf, good } from './finding.ts';

/** How long a driver may take for one answer, in milliseconds: one that is slower is what there is to find. */
const patience = 10_000;

/** What the drivers show, and what is to be said of them. */
export interface DriverReport {
  readonly findings: readonly Finding[];
  readonly tokens: readonly TokenInventory[];
}

/**
 * The drivers in their usual places, and before them the one that SEALGATE_PKCS11_MODULE names: whether they fit this
 * system and load, their version, and the tokens with the state of their PINs. No PIN is asked for.
 */
export async function examineDrivers(context: DoctorContext): Promise<DriverReport> {
  const named = chosenDriver();
  const chosen = named === undefined ? undefined : await inventory(context, named);
  const usual = await inventory(context, undefined);
  const known = new Set(chosen?.modules.map(({ library }) => library.name));
  const modules = [
    ...(chosen?.modules ?? []),
    ...usual.modules.filter(({ library }) => !known.has(library.name)),
  ];
  const tokens = modules.flatMap((module) => module.tokens);
  return {
    findings: [
      ...(chosen?.trouble ?? []),
      ...modules.map((module) => driverFinding(context, module)),
      ...usual.trouble,
      ...tokens.map((token) => tokenFinding(context, token)),
      ...(modules.length > 0 && tokens.length === 0 ? [noToken(context)] : []),
    ],
    tokens,
  };
}

interface Inventory {
  readonly modules: readonly ModuleInventory[];
  readonly trouble: readonly Finding[];
}

async function inventory({ language, words }: DoctorContext, module: string | undefined): Promise<Inventory> {
  try {
    return { modules: await takeInventory(module, { limits: { login: patience } }), trouble: [] };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const trouble =
      module === undefined
        ? findingOf('tokens', words.drivers, error, language, 'warning')
        : findingOf('tokens', words.driver(module), error, language);
    return { modules: [], trouble: [trouble] };
  }
}

function driverFinding(context: DoctorContext, { library, info, tokens, failure }: ModuleInventory): Finding {
  const { language, words } = context;
  const name = words.driver(library.name);
  if (failure !== undefined) return findingOf('tokens', name, failure, language);
  const path = shownPath(context, library.path);
  return good('tokens', name, words.driverFound(info?.version ?? '?', path, tokens.length));
}

/** What is worth knowing of a token, and no hindrance by itself: an empty one may be there to be set up. */
const remarks: ReadonlySet<FailureCode> = new Set(['pin_final_try', 'token_uninitialized']);

/** A token by its model and the end of its serial number: labels hold people's names. */
function tokenFinding({ language, words }: DoctorContext, { token, failure }: TokenInventory): Finding {
  const name = words.token(safeText(token.model.trim()), `…${safeText(token.serial.trim().slice(-4))}`);
  const flaw = failure ?? pinFlaw(token);
  if (flaw !== undefined) {
    return findingOf('tokens', name, flaw, language, remarks.has(flaw.code) ? 'warning' : 'bad');
  }
  const state = token.pin === 'unneeded' || token.pin === 'few-tries' ? token.pin : 'good';
  return good('tokens', name, words.pinState[state]);
}

function pinFlaw({ isInitialized, pin, mustChangePin }: TokenInventory['token']): SealgateError | undefined {
  if (!isInitialized || pin === 'unset') return new SealgateError('token_uninitialized');
  if (pin === 'locked') return new SealgateError('pin_locked');
  if (pin === 'final-try') return new SealgateError('pin_final_try');
  return mustChangePin ? new SealgateError('pin_expired') : undefined;
}

function noToken({ language, words }: DoctorContext): Finding {
  return findingOf('tokens', words.drivers, new SealgateError('token_not_present'), language, 'warning');
}
