import type { DigestAlgorithm } from '../algorithm/digest.ts';
import { inTurn } from '../budget/slices.ts';
import { isFailure, type SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import { Checks } from '../report/check.ts';
import { type ReadToken, readToken, requireImprint, verifyToken } from '../timestamp/token.ts';
import { type Examination, type ExaminedTimestamp, type Material, noMaterial } from './examined.ts';
import type { Coverage, TimestampKind } from './report.ts';

/** A time-stamp where it stands: its token, and what it was given for. */
export interface PlacedTimestamp {
  readonly kind: TimestampKind;
  /** TimeStampToken, DER or BER. */
  readonly token: Uint8Array;
  /** The hashes of what it has to be for, of which one is right; throws what keeps them from being formed. */
  readonly imprints: (algorithm: DigestAlgorithm) => Promise<readonly Uint8Array[]>;
  /** See ExaminedTimestamp; asked once the imprint has matched. Throws what keeps it from covering what it says. */
  readonly covers: (token: ReadToken) => readonly Uint8Array[];
  readonly coverage?: Coverage;
}

/** Examines a time-stamp: form, what it was given for, signature. What is wrong with it becomes its failure. */
export async function examineTimestamp(
  { kind, token: octets, imprints, covers, coverage }: PlacedTimestamp,
  { budget, known }: Examination,
): Promise<ExaminedTimestamp> {
  const checks = new Checks();
  const common = { kind, octets, checks, ...defined({ coverage }) };
  const nothing = { time: undefined, imprint: undefined, token: undefined, covers: [], material: noMaterial };
  let read: ReadToken;
  try {
    read = await inTurn(() => readToken(octets, budget), budget.share);
  } catch (error) {
    return { ...common, ...nothing, failure: asFailure(error) };
  }
  const { time } = read.info;
  const mismatch = await mismatchOf(read, imprints);
  const matching = mismatch === undefined ? 'matches' : isOpen(mismatch) ? undefined : 'differs';
  try {
    const token = await inTurn(() => verifyToken(read, checks, budget, known), budget.share);
    const proven = mismatch ?? coveredBy(read, covers);
    const outcome = isFailure(proven)
      ? { covers: [], failure: proven }
      : { covers: proven, failure: undefined };
    return { ...common, time, imprint: matching, token, material: materialOfToken(read), ...outcome };
  } catch (error) {
    const failure = mismatch ?? asFailure(error);
    return { ...common, ...nothing, time, imprint: matching, failure };
  }
}

async function mismatchOf(
  read: ReadToken,
  imprints: PlacedTimestamp['imprints'],
): Promise<SealgateError | undefined> {
  try {
    requireImprint(read.info, await imprints(read.info.imprint.algorithm));
    return undefined;
  } catch (error) {
    return asFailure(error);
  }
}

function coveredBy(
  read: ReadToken,
  covers: PlacedTimestamp['covers'],
): readonly Uint8Array[] | SealgateError {
  try {
    return covers(read);
  } catch (error) {
    return asFailure(error);
  }
}

/** What was stamped is not at hand: then it is unknown whether the imprint would match. */
function isOpen({ code }: SealgateError): boolean {
  return code === 'signed_data_missing';
}

/** A failure as it is; any other error is thrown again. */
function asFailure(error: unknown): SealgateError {
  if (!isFailure(error)) throw error;
  return error;
}

/** What a token holds for its own validation. */
export function materialOfToken({ message: { signedData } }: ReadToken): Material {
  const { certificates, crls, ocspResponses } = signedData;
  return { certificates, lists: crls, answers: ocspResponses };
}
