/** What a worker tells the process that started it. */
export type FromWorker =
  | { readonly kind: 'serving'; readonly url: string }
  | { readonly kind: 'metrics-wanted'; readonly id: number }
  /** It takes no connections any more. */
  | { readonly kind: 'leaving' };

/** What it is told. */
export type ToWorker =
  /** The measurements of all workers, or nothing where they could not be had. */
  | { readonly kind: 'metrics'; readonly id: number; readonly text?: string }
  /** It has been handed no connection since it said that it leaves. */
  | { readonly kind: 'left' };

/** Whether a message between the processes is one of these; libraries send theirs along the same way. */
export function isFromWorker(message: unknown): message is FromWorker {
  return isKind(message, 'serving') || isKind(message, 'metrics-wanted') || isKind(message, 'leaving');
}

export function isToWorker(message: unknown): message is ToWorker {
  return isKind(message, 'metrics') || isKind(message, 'left');
}

function isKind(message: unknown, kind: (FromWorker | ToWorker)['kind']): boolean {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind;
}
