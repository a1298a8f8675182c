import { Fetcher, type FetchSettings, usualFetch } from '../fetch/fetcher.ts';
import { noObserver, type RevocationObserver } from './observer.ts';
import { AnswerStore, type AnswerStoreSettings, usualAnswerStore } from './store/answer-store.ts';
import type { Arrivals } from './store/arrivals.ts';
import { ListStore, type ListStoreSettings, usualListStore } from './store/list-store.ts';
import type { Storage } from './store/storage.ts';

/** Settings of everything that revocation keeps for the life of the process. */
export interface SourceSettings {
  readonly fetch: FetchSettings;
  readonly lists: ListStoreSettings;
  readonly answers: AnswerStoreSettings;
}

export const usualSources: SourceSettings = {
  fetch: usualFetch,
  lists: usualListStore,
  answers: usualAnswerStore,
};

/** Where statuses come from: lists and answers held in memory and storage, and the network behind them. */
export interface RevocationSources {
  readonly lists: ListStore;
  readonly answers: AnswerStore;
  readonly fetcher: Fetcher;
  readonly observer: RevocationObserver;
  readonly storage: Storage | undefined;
}

/** What sources work with beside their settings. */
export interface SourceParts {
  /** Without it nothing outlives the process. */
  readonly storage?: Storage | undefined;
  readonly observer?: RevocationObserver | undefined;
  /** Takes in every list that comes to be held. */
  readonly arrivals?: Arrivals | undefined;
}

/** The sources of one process. */
export function createSources(
  settings: SourceSettings = usualSources,
  { storage, observer = noObserver, arrivals }: SourceParts = {},
): RevocationSources {
  const fetcher = new Fetcher(settings.fetch, observer);
  return {
    fetcher,
    observer,
    storage,
    lists: new ListStore(fetcher, observer, storage, settings.lists, arrivals),
    answers: new AnswerStore(fetcher, observer, storage, settings.answers),
  };
}
