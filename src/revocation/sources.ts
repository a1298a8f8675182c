import { Fetcher, type FetchSettings, usualFetch } from '../fetch/fetcher.ts';
import { noObserver, type RevocationObserver } from '../fetch/observer.ts';
import { AnswerStore, type AnswerStoreSettings, usualAnswerStore } from './store/answer-store.ts';
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

/** The sources of one process. Without `storage` nothing outlives it. */
export function createSources(
  settings: SourceSettings = usualSources,
  storage?: Storage,
  observer: RevocationObserver = noObserver,
): RevocationSources {
  const fetcher = new Fetcher(settings.fetch, observer);
  return {
    fetcher,
    observer,
    storage,
    lists: new ListStore(fetcher, observer, storage, settings.lists),
    answers: new AnswerStore(fetcher, observer, storage, settings.answers),
  };
}
