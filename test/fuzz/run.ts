import type { Coverage } from './coverage.ts';
import type { Form, Judge, Kind, Material, Verdict } from './kind.ts';
import { derMutations } from './mutation/der.ts';
import type { Mutation } from './mutation/octets.ts';
import { jsonMutations, tokenMutations, xmlMutations } from './mutation/text.ts';
import type { Random } from './random.ts';

/** No input may take the processor for longer, in ms. */
export const longestTime = 20;

/** An input that took longest is judged again so often, and its shortest time counts: memory is tidied up meanwhile. */
const confirmations = 5;

/** Mutations that were refused for a reason not met before, or reached code not reached before; they are mutated further. */
const mostDerived = 1_024;
/** So many inputs are judged between two looks at the coverage, for which V8 goes through all of its memory. */
const perLook = 256;
const mostPerLook = 6;
const mostMutations = 4;

const mutationsOf: Readonly<Record<Form, readonly Mutation[]>> = {
  der: derMutations,
  xml: xmlMutations,
  json: jsonMutations,
  token: tokenMutations,
};

/** Something that must not be. */
export interface Finding {
  readonly problem: 'changed' | 'crash' | 'slow' | 'laxer';
  /** Name of the input that was mutated. */
  readonly input: string;
  readonly octets: Uint8Array;
  /** What was understood in place of the original's meaning, what was thrown, or how long it took. */
  readonly told: string;
}

/** What came of the mutations of one kind. */
export interface Tally {
  readonly kind: string;
  tried: number;
  refused: number;
  /** Accepted with the meaning of an original: of its own, or of another one, which is as genuine. */
  unchanged: number;
  changed: number;
  crashes: number;
  /** Longest time of one, ms. */
  longest: number;
  /** Different reasons of refusal. */
  readonly reasons: Set<string>;
  readonly findings: Finding[];
  /** Mutations that reached code not reached before, where a guide looks at that. */
  readonly grown: Seed[];
}

/** A mutation that is mutated further, and the name of the valid input that it came from. */
export interface Seed {
  readonly input: string;
  readonly octets: Uint8Array;
}

/** What leads the mutations into code that was not reached before. */
export interface Guide {
  readonly coverage: Coverage;
  /** What earlier runs have kept. */
  readonly grown: readonly Seed[];
}

/**
 * Judges mutations of a kind's inputs as long as `goesOn` says. The same material and the same random numbers give the
 * same mutations, unless a guide chooses what is mutated further. Rejects where an input itself is not accepted: then
 * nothing would be proved.
 */
export async function fuzz(
  kind: Kind,
  material: Material,
  random: Random,
  goesOn: (tally: Tally) => boolean,
  guide?: Guide,
): Promise<Tally> {
  const tally = emptyTally(kind.name);
  const originals = await originalsOf(kind, material);
  const originalOf = ({ input }: Seed) => originals.find(({ seed }) => seed.input === input)!;
  const meanings = new Set(originals.map(({ meaning }) => meaning));
  const derived = (guide?.grown ?? []).filter(({ input }) => material.inputs.has(input));
  for (const seed of derived) await judge(originalOf(seed), seed.octets, meanings, tally);
  guide?.coverage.note(guide.coverage.look());
  let unlooked: Seed[] = [];
  while (goesOn(tally)) {
    const seed = derived.length > 0 && random.oneIn(3) ? random.pick(derived) : random.pick(originals).seed;
    const original = originalOf(seed);
    const octets = mutationOf(kind, seed.octets, random, random.pick(originals).seed.octets);
    if (Buffer.compare(octets, original.seed.octets) === 0) continue;
    const isNew = await judge(original, octets, meanings, tally);
    const derivative = { input: seed.input, octets };
    if (isNew && derived.length < mostDerived) derived.push(derivative);
    if (guide === undefined) continue;
    unlooked.push(derivative);
    if (unlooked.length < perLook) continue;
    const reached = guide.coverage.look();
    const judgeOf = (each: Seed) => originalOf(each).judge;
    const grown = reached.length > 0 ? await newOf(unlooked, judgeOf, guide.coverage) : [];
    guide.coverage.note(reached);
    unlooked = [];
    tally.grown.push(...grown);
    derived.push(...grown.slice(0, mostDerived - derived.length));
  }
  return tally;
}

/**
 * Some of those of `seeds` that reach something new, found by judging halves, and halves of these, once more. The first
 * ones reach nearly all of it, and each look takes as long as hundreds of inputs.
 */
async function newOf(
  seeds: readonly Seed[],
  judgeOf: (seed: Seed) => Judge,
  coverage: Coverage,
): Promise<readonly Seed[]> {
  const found: Seed[] = [];
  const unlooked = [seeds];
  while (found.length < mostPerLook) {
    const some = unlooked.pop();
    if (some === undefined) break;
    for (const seed of some) await judgeAgain(judgeOf(seed), seed.octets);
    const reached = coverage.look();
    if (reached.length === 0) continue;
    if (some.length > 1) {
      const half = some.length >> 1;
      unlooked.push(some.slice(half), some.slice(0, half));
      continue;
    }
    coverage.note(reached);
    found.push(...some);
  }
  return found;
}

async function judgeAgain(judge: Judge, octets: Uint8Array): Promise<void> {
  try {
    await judge(octets);
  } catch {
    // Was found as a crash when it was judged first.
  }
}

function emptyTally(kind: string): Tally {
  const counts = { tried: 0, refused: 0, unchanged: 0, changed: 0, crashes: 0, longest: 0 };
  return { kind, ...counts, reasons: new Set(), findings: [], grown: [] };
}

/** A valid input, its judge, and what it means. */
export interface Original {
  readonly seed: Seed;
  readonly judge: Judge;
  readonly meaning: string;
}

/** The valid inputs of a kind. Rejects where one of them is not accepted: then nothing would be proved. */
export async function originalsOf(kind: Kind, material: Material): Promise<readonly Original[]> {
  const originals: Original[] = [];
  for (const [input, octets] of material.inputs) {
    const judge = kind.judge(material, input);
    const verdict = await judge(octets);
    if (verdict.outcome === 'refused') throw new Error(`${kind.name} ${input} is refused: ${verdict.reason}`);
    originals.push({ seed: { input, octets }, judge, meaning: verdict.meaning });
  }
  return originals;
}

/** A mutation of an input, with pieces of `other` in it. */
export function mutationOf(
  { form }: Kind,
  octets: Uint8Array,
  random: Random,
  other: Uint8Array,
): Uint8Array {
  let result = octets;
  // One change finds what several would cover up; several reach what one cannot.
  const count = random.oneIn(2) ? 1 : 1 + random.below(mostMutations);
  for (let turn = 0; turn < count && result.length > 0; turn++)
    result = random.pick(mutationsOf[form])(result, random, other);
  return result;
}

/** Time that this thread has computed, in ms: others that use the machine do not count. */
function clock(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Whether it was refused for a reason not met before. */
async function judge(
  { seed, judge, meaning }: Original,
  octets: Uint8Array,
  meanings: ReadonlySet<string>,
  tally: Tally,
): Promise<boolean> {
  const find = (problem: Finding['problem'], told: string) =>
    tally.findings.push({ problem, input: seed.input, octets: Uint8Array.from(octets), told });
  tally.tried++;
  const start = clock();
  let verdict: Verdict;
  try {
    const given = judge(octets);
    verdict = given instanceof Promise ? await given : given;
  } catch (error) {
    tally.crashes++;
    find('crash', error instanceof Error ? (error.stack ?? error.message) : String(error));
    return false;
  }
  const time = await shortest(judge, octets, clock() - start, tally.longest);
  tally.longest = Math.max(tally.longest, time);
  if (time > longestTime) find('slow', `${time.toFixed(1)} ms`);
  if (verdict.outcome === 'refused') return isNewReason(verdict.reason, tally);
  if (meanings.has(verdict.meaning)) {
    tally.unchanged++;
  } else {
    tally.changed++;
    find('changed', `${verdict.meaning}\nin place of\n${meaning}`);
  }
  return false;
}

function isNewReason(reason: string, tally: Tally): boolean {
  tally.refused++;
  // Numbers in a reason are octets of the input mostly.
  const kept = reason.replace(/\d+/g, '#').slice(0, 120);
  if (tally.reasons.has(kept)) return false;
  tally.reasons.add(kept);
  return true;
}

async function shortest(judge: Judge, octets: Uint8Array, first: number, known: number): Promise<number> {
  let time = first;
  for (let turn = 0; turn < confirmations && time > known; turn++) {
    const start = clock();
    await judge(octets);
    time = Math.min(time, clock() - start);
  }
  return Math.min(time, first);
}
