import { History } from './history.ts';
import { Keys } from './key/keys.ts';
import { PinKeeper } from './key/pin-keeper.ts';
import type { ModuleChoice } from './key/search.ts';
import { OriginList } from './origin-list.ts';
import { Desk } from './request/desk.ts';

/** How the agent runs. */
export interface AgentSetting {
  /** Folder of what it keeps, which nobody else reads. */
  readonly folder: string;
  /** Drivers to ask; all that stand in their usual places if none are named. */
  readonly modules: readonly ModuleChoice[];
  /** How long an accepted PIN is kept, in milliseconds; 0 keeps none. */
  readonly keepPin: number;
  /** A program that opens an address; the system's if absent. */
  readonly opener: string | undefined;
}

/** What every request of the agent is answered from. */
export interface Agent extends KeptData {
  readonly version: string;
  /** Its folder. */
  readonly folder: string;
  /** Address of the agent, such as `http://127.0.0.1:47615`. */
  readonly base: string;
  readonly keys: Keys;
  readonly pins: PinKeeper;
  readonly desk: Desk;
}

/** What the person has decided, and what was signed, as it is kept in the agent's folder. */
export interface KeptData {
  readonly origins: OriginList;
  readonly history: History;
}

/** Reads what the agent keeps. Throws `file_unreadable` for a damaged file. */
export async function readKeptData(folder: string): Promise<KeptData> {
  return { origins: await OriginList.open(folder), history: await History.open(folder) };
}

/** Puts the agent together; `base` is its address. */
export function makeAgent(setting: AgentSetting, data: KeptData, base: string, version: string): Agent {
  const { folder, modules, keepPin, opener } = setting;
  return {
    ...data,
    version,
    folder,
    base,
    keys: new Keys(folder, modules),
    pins: new PinKeeper(keepPin),
    desk: new Desk({ base, opener }),
  };
}
