import { randomBytes } from 'node:crypto';
import type { DigestAlgorithm } from '../algorithm/digest.ts';
import { Reader } from '../asn1/reader.ts';
import { compareOctets, encodeUnsigned } from '../asn1/writer.ts';
import type { Budget } from '../budget/budget.ts';
import { SealgateError } from '../error.ts';
import { FetchFailure } from '../fetch/failure.ts';
import type { FetchClient } from '../fetch/fetcher.ts';
import { Checks } from '../report/check.ts';
import { encodeQuestion } from './request.ts';
import { tokenOfResponse } from './response.ts';
import { readToken, requireImprint, verifyToken } from './token.ts';

/** Time-stamp authorities that are asked, and how. */
export interface TimestampAuthorities {
  /** Addresses in the order in which they are asked. */
  readonly urls: readonly string[];
  readonly fetcher: FetchClient;
}

const nonceLength = 16;
/** Largest answer in octets; with a chain of certificates they have some ten thousand. */
const largestAnswer = 256 * 1024;
/** How long one authority may take, ms. */
const patience = 20_000;

/**
 * Asks time-stamp authorities in turn for a token over a hash (RFC 3161, section 3.4) until one gives it: for this hash,
 * with this nonce, with a signature that holds. Whether the authority is to be trusted is not looked at. Throws
 * `timestamp_unavailable` where none does, with what came of each.
 */
export async function askTimestamp(
  { urls, fetcher }: TimestampAuthorities,
  { algorithm, digest }: { readonly algorithm: DigestAlgorithm; readonly digest: Uint8Array },
  budget: Budget,
): Promise<Uint8Array> {
  const found: string[] = [];
  for (const url of urls) {
    try {
      return await askOne(url, fetcher, algorithm, digest, budget);
    } catch (error) {
      if (error instanceof FetchFailure) found.push(`${url}: ${error.problem}`);
      else if (error instanceof SealgateError) found.push(`${url}: ${error.code}`);
      else throw error;
    }
  }
  throw new SealgateError('timestamp_unavailable', { found });
}

async function askOne(
  url: string,
  fetcher: FetchClient,
  algorithm: DigestAlgorithm,
  digest: Uint8Array,
  budget: Budget,
): Promise<Uint8Array> {
  const nonce = randomBytes(nonceLength);
  const fetched = await fetcher.fetch({
    url,
    requester: 'time-stamp',
    hosts: new Set(),
    body: encodeQuestion({ algorithm, digest, nonce }),
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    largest: largestAnswer,
    timeout: patience,
  });
  const token = readToken(tokenOfResponse(fetched.octets), budget);
  requireImprint(token.info, [digest]);
  const sent = Reader.der(encodeUnsigned(nonce)).integer();
  if (token.info.nonce === undefined || compareOctets(token.info.nonce, sent) !== 0)
    throw new SealgateError('timestamp_mismatch', { problem: 'nonce' });
  return verifyToken(token, new Checks(), budget, []).octets;
}
