import { hash, randomBytes } from 'node:crypto';
import type { PublicKeyInfo } from '../../algorithm/public-key-info.ts';
import { EncodingError } from '../../asn1/error.ts';
import { SingleFlight } from '../../background/single-flight.ts';
import { SharedCache } from '../../cache/shared-cache.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import type { Fetcher } from '../../fetch/fetcher.ts';
import type { RevocationObserver } from '../observer.ts';
import type { IdDigest } from '../ocsp/certificate-id.ts';
import { encodeOcspRequest, nonceLength } from '../ocsp/request.ts';
import { digestOfAnswer, type OcspAnswer, parseOcspResponse } from '../ocsp/response.ts';
import { RetrievalFailure } from '../problem.ts';
import { type Requester, requesterName } from '../requester.ts';
import { Absence } from './absence.ts';
import type { Storage } from './storage.ts';

/** An answer that was verified. */
export interface HeldAnswer {
  readonly url: string;
  readonly answer: OcspAnswer;
  /** Milliseconds since the epoch. */
  readonly fetchedAt: number;
}

/** An answer that came, with the nonce that was sent for it; not verified. */
export interface FreshAnswer {
  readonly answer: OcspAnswer;
  readonly nonce: Uint8Array | undefined;
}

/** The certificate that an answer is about. */
export interface AnswerSubject {
  readonly certificate: Certificate;
  /** Key of the validated authority that issued it: answers are signed with it, or by whom it appointed. */
  readonly issuerKey: PublicKeyInfo;
  readonly requester: Requester;
}

/** How an answer is asked for. */
export interface AnswerOrder extends AnswerSubject {
  readonly url: string;
  readonly hosts: ReadonlySet<string>;
  readonly digest: IdDigest;
  readonly sendsNonce: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Settings of the store. */
export interface AnswerStoreSettings {
  /** Larger answers are refused, octets. */
  readonly largestAnswer: number;
  /** Held in memory; beyond it the one used longest ago of the branch that holds the most is let go. */
  readonly mostAnswers: number;
  /** After this the responder is asked again before an answer is used, ms from when it came. */
  readonly reuse: number;
  /** The same for an answer that names no end. */
  readonly reuseWithoutNextUpdate: number;
}

export const usualAnswerStore: AnswerStoreSettings = {
  largestAnswer: 64 * 1024,
  mostAnswers: 20_000,
  reuse: 60 * 60_000,
  reuseWithoutNextUpdate: 5 * 60_000,
};

/** Longest request, base64 and all, that goes by GET (RFC 6960, appendix A.1). */
const longestGet = 255;

/**
 * The OCSP answers of this process, by the certificate they are about and the key that issued it. Only verified ones
 * stay, and whoever uses one judges its signer anew.
 */
export class AnswerStore {
  private readonly settings: AnswerStoreSettings;
  private readonly fetcher: Fetcher;
  private readonly observer: RevocationObserver;
  private readonly storage: Storage | undefined;
  private readonly held: SharedCache<HeldAnswer>;
  private readonly flights = new SingleFlight<FreshAnswer>();
  private readonly absence = new Absence();

  constructor(
    fetcher: Fetcher,
    observer: RevocationObserver,
    storage: Storage | undefined,
    settings: AnswerStoreSettings,
  ) {
    this.fetcher = fetcher;
    this.observer = observer;
    this.storage = storage;
    this.settings = settings;
    this.held = new SharedCache(settings.mostAnswers);
  }

  get size(): number {
    return this.held.count;
  }

  /** The answer held for a certificate; whether it is fresh, the judge says. `at` is ms since the epoch. */
  async load(subject: AnswerSubject, at: number): Promise<HeldAnswer | undefined> {
    return this.held.get(subject.requester.branch, answerKey(subject)) ?? (await this.read(subject, at));
  }

  /** Whether an answer came so long before `at` that the responder is asked again where that can be done. */
  isDue({ answer, fetchedAt }: HeldAnswer, at: number): boolean {
    const isOpenEnded = answer.answers.some(({ nextUpdate }) => nextUpdate === undefined);
    const { reuse, reuseWithoutNextUpdate } = this.settings;
    return at > fetchedAt + (isOpenEnded ? reuseWithoutNextUpdate : reuse);
  }

  /**
   * Asks a responder. Throws a FetchFailure, and a RetrievalFailure for what cannot be read or the responder refuses
   * (RFC 6960, section 4.2.1).
   */
  fetch(order: AnswerOrder): Promise<FreshAnswer> {
    const key = `${requesterName(order.requester)} ${order.url} ${answerKey(order)}`;
    return this.flights.run(key, () => this.ask(order));
  }

  /** Keeps an answer of the responder at `url` that the caller has verified. */
  accept(subject: AnswerSubject, url: string, answer: OcspAnswer, at: number): void {
    const key = answerKey(subject);
    const { requester } = subject;
    const before = this.held.get(requester.branch, key);
    if (before !== undefined && before.answer.producedAt > answer.producedAt) return;
    this.keep(subject, { url, answer, fetchedAt: at });
    const record = {
      key,
      url,
      sha256: digestOfAnswer(answer),
      fetchedAt: at,
      nextUpdate: answer.answers[0]?.nextUpdate ?? null,
      signer: '',
      requester,
      hosts: [],
      etag: null,
      lastModified: null,
    };
    // Nobody waits for it, and a storage that fails keeps nobody out.
    this.storage?.write('ocsp', record, answer.der).catch((error: unknown) => this.observer.failed(error));
  }

  private keep(subject: AnswerSubject, held: HeldAnswer): void {
    const { branch } = subject.requester;
    const key = answerKey(subject);
    this.absence.end(branch, key);
    this.held.set(branch, key, held);
  }

  private async read(subject: AnswerSubject, at: number): Promise<HeldAnswer | undefined> {
    const { branch } = subject.requester;
    const key = answerKey(subject);
    if (this.storage === undefined || this.absence.holds(branch, key, at)) return undefined;
    const record = await this.storage.record('ocsp', key).catch(() => undefined);
    const octets =
      record === undefined ? undefined : await this.storage.readObject(record.sha256).catch(() => undefined);
    const response = octets === undefined ? undefined : readResponse(octets);
    if (record === undefined || response === undefined || !('answer' in response)) {
      this.absence.note(branch, key, at);
      return undefined;
    }
    const held = { url: record.url, answer: response.answer, fetchedAt: record.fetchedAt };
    this.keep(subject, held);
    return held;
  }

  private async ask(order: AnswerOrder): Promise<FreshAnswer> {
    const { issuerKey, certificate, digest, url, hosts, timeout, requester } = order;
    const nonce = order.sendsNonce ? Uint8Array.from(randomBytes(nonceLength)) : undefined;
    const request = encodeOcspRequest({
      issuer: { name: certificate.issuer, publicKey: issuerKey },
      serialNumber: certificate.fields.serialNumber,
      digest,
      nonce,
    });
    const get = nonce === undefined ? getUrl(url, request) : undefined;
    const asked = {
      url: get ?? url,
      address: url,
      requester: requesterName(requester),
      hosts,
      body: get === undefined ? request : undefined,
      headers: {
        accept: 'application/ocsp-response',
        ...(get === undefined ? { 'content-type': 'application/ocsp-request' } : {}),
      },
      largest: this.settings.largestAnswer,
      timeout,
    };
    const fetched = await this.fetcher.fetch(asked);
    const response = readResponse(fetched.octets);
    this.fetcher.noteUse(asked, !(response instanceof EncodingError));
    if (response instanceof EncodingError) {
      const { rule, offset } = response;
      throw new RetrievalFailure('malformed', { rule, offset }, { cause: response });
    }
    if (response.kind === 'refusal') throw new RetrievalFailure(response.refusal);
    return { answer: response.answer, nonce };
  }
}

/** RFC 6960, appendix A.1: short requests without a nonce go by GET, so that caches can answer them. */
function getUrl(url: string, request: Uint8Array): string | undefined {
  const encoded = encodeURIComponent(Buffer.from(request).toString('base64'));
  return encoded.length > longestGet ? undefined : `${url.replace(/\/$/, '')}/${encoded}`;
}

/** What an answer is found by: the issuer's key and name, and the certificate's serial number. */
export function answerKey({
  certificate,
  issuerKey,
}: Pick<AnswerSubject, 'certificate' | 'issuerKey'>): string {
  const issuer = hash('sha256', Buffer.concat([issuerKey.der, certificate.issuer.der]), 'hex');
  return `${issuer} ${certificate.serialNumberHex}`;
}

function readResponse(octets: Uint8Array) {
  try {
    return parseOcspResponse(octets);
  } catch (error) {
    if (error instanceof EncodingError) return error;
    throw error;
  }
}
