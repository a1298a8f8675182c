import type { Kind, Material, Verdict } from './kind.ts';
import type { Peer } from './peers.ts';
import type { Random } from './random.ts';
import { mutationOf, originalsOf } from './run.ts';
import { signedPartsOf } from './unsigned.ts';

/** Most inputs of one difference that are kept to be looked at. */
const mostKept = 3;
/** Of what we refuse the peer is asked about one in so many: whether it is as strict is good to know, and no matter. */
const refusedAsked = 4;

/** Inputs that we and a peer say different things of, for the same two reasons. */
export interface Difference {
  readonly ours: string;
  readonly theirs: string;
  count: number;
  readonly inputs: Uint8Array[];
}

/** What came of a comparison. */
export interface Comparison {
  readonly kind: string;
  readonly peer: string;
  compared: number;
  agreed: number;
  /** Let in by us and refused by the peer, for what is signed or for how it is written: there must be none. */
  readonly laxer: Map<string, Difference>;
  /** Let in by us and refused by the peer for what nobody has signed, or for lengths that BER leaves open. */
  readonly elsewhere: Map<string, Difference>;
  /** Refused by us and let in by the peer. */
  readonly stricter: Map<string, Difference>;
}

/** Judges mutations of a kind's inputs by us and by a peer, as long as `goesOn` says. */
export async function compareVerdicts(
  kind: Kind,
  material: Material,
  peer: Peer,
  random: Random,
  goesOn: (comparison: Comparison) => boolean,
): Promise<Comparison> {
  const comparison: Comparison = {
    ...{ kind: kind.name, peer: peer.name, compared: 0, agreed: 0 },
    ...{ laxer: new Map(), elsewhere: new Map(), stricter: new Map() },
  };
  const originals = await originalsOf(kind, material);
  for (const { seed } of originals) {
    const refusal = await peer.judge(seed.octets);
    if (refusal !== undefined)
      throw new Error(`${peer.name} refuses ${kind.name} ${seed.input}, unchanged: ${refusal}`);
  }
  while (goesOn(comparison)) {
    const { seed, judge } = random.pick(originals);
    const octets = mutationOf(kind, seed.octets, random, random.pick(originals).seed.octets);
    const ours = await judge(octets);
    if (ours.outcome === 'refused' && !random.oneIn(refusedAsked)) continue;
    note(
      comparison,
      ours,
      await judgementOf(peer, octets, ours.outcome === 'accepted' ? seed.octets : undefined),
      octets,
    );
  }
  return comparison;
}

/** What a peer says of an input; where we let it in and the peer does not, also whether that is for what is signed. */
interface Judgement {
  readonly refusal: string | undefined;
  readonly isElsewhere: boolean;
}

async function judgementOf(
  peer: Peer,
  octets: Uint8Array,
  original: Uint8Array | undefined,
): Promise<Judgement> {
  const refusal = await peer.judge(octets);
  if (refusal === undefined || original === undefined) return { refusal, isElsewhere: false };
  const signed = signedPartsOf(octets, original);
  return { refusal, isElsewhere: signed !== undefined && (await peer.judge(signed)) === undefined };
}

function note(
  comparison: Comparison,
  ours: Verdict,
  { refusal, isElsewhere }: Judgement,
  octets: Uint8Array,
): void {
  comparison.compared += 1;
  if ((ours.outcome === 'refused') === (refusal !== undefined)) {
    comparison.agreed += 1;
    return;
  }
  const { laxer, elsewhere, stricter } = comparison;
  const reasons = {
    ours: ours.outcome === 'refused' ? ours.reason.replace(/\d+/g, '#') : 'accepted',
    theirs: refusal ?? 'accepted',
  };
  const differences = refusal === undefined ? stricter : isElsewhere ? elsewhere : laxer;
  const key = `${reasons.ours} / ${reasons.theirs}`;
  const known = differences.get(key) ?? { ...reasons, count: 0, inputs: [] };
  known.count += 1;
  if (known.inputs.length < mostKept) known.inputs.push(Uint8Array.from(octets));
  differences.set(key, known);
}
