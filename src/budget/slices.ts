/** Longest time that one piece of long work holds the event loop, ms. */
const slice = 4;

/** Longest time that the pieces in one turn of the event loop hold it together, ms; what comes later waits a turn. */
const longestTurn = 10;

/** Somebody's part of the event loop's time: whoever has had least goes on first. */
export class Share {
  /** What it has had, ms. */
  used = 0;
  /** When its piece in the present turn began, and which turn that is. */
  start = 0;
  turn = 0;
}

interface Waiting {
  readonly share: Share;
  readonly resume: () => void;
}

const waiting: Waiting[] = [];
let turn = 1;
/** When work in the present turn began; undefined where there was none yet. */
let turnStart: number | undefined;
let isTurnWatched = false;

/**
 * Runs work that yields between its steps, letting everybody else have their turn every few milliseconds, and returns
 * what it returns. What it throws is thrown. Of several that wait, one goes on in each turn of the event loop, that
 * whose `share` is least: many long works make each other slower, and nobody's short one. `onPause` is given what the
 * work yielded last before each pause.
 */
export async function inSlices<Y, T>(
  work: Iterator<Y, T>,
  share: Share = new Share(),
  onPause?: (yielded: Y) => void,
): Promise<T> {
  let before = begin(share);
  for (;;) {
    const step = work.next();
    const now = performance.now();
    share.used += now - before;
    before = now;
    if (step.done === true) return step.value;
    if (now - share.start < slice && now - (turnStart ?? now) < longestTurn) continue;
    onPause?.(step.value);
    await pause(share);
    before = begin(share);
  }
}

/** To be awaited between the steps of long work that is no iterator: pauses as `inSlices` does. */
export async function giveWay(share: Share): Promise<void> {
  const now = begin(share);
  if (now - share.start < slice && now - (turnStart ?? now) < longestTurn) return;
  share.used += now - share.start;
  await pause(share);
  begin(share);
}

/** Runs one step of a longer work, once its turn has come; otherwise as `inSlices`. */
export function inTurn<T>(act: () => T, share: Share): Promise<T> {
  return inSlices(afterPause(act), share);
}

function* afterPause<T>(act: () => T): Generator<undefined, T> {
  yield undefined;
  return act();
}

/** Runs work that yields between its steps to its end in one go, for whoever holds nobody up. */
export function atOnce<T>(work: Iterator<unknown, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

function begin(share: Share): number {
  const now = performance.now();
  turnStart ??= now;
  watchTurn();
  if (share.turn !== turn) {
    share.turn = turn;
    share.start = now;
  }
  return now;
}

/** One immediate a turn, as long as there is work. */
function watchTurn(): void {
  if (isTurnWatched) return;
  isTurnWatched = true;
  setImmediate(endTurn);
}

function endTurn(): void {
  isTurnWatched = false;
  turn++;
  turnStart = undefined;
  takeNext()?.resume();
  if (waiting.length > 0) watchTurn();
}

function pause(share: Share): Promise<void> {
  return new Promise((resume) => {
    waiting.push({ share, resume });
    watchTurn();
  });
}

function takeNext(): Waiting | undefined {
  let least = 0;
  for (let at = 1; at < waiting.length; at++)
    if (waiting[at]!.share.used < waiting[least]!.share.used) least = at;
  return waiting.splice(least, 1)[0];
}
