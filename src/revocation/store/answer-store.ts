import { hash, randomBytes } from 'node:crypto';
import { EncodingError } from '../../asn1/error.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import { FetchFailure } from '../../fetch/failure.ts';
import type { Fetcher } from '../../fetch/fetcher.ts';
import type { RevocationObserver } from '../../fetch/observer.ts';
import { SingleFlight } from '../../fetch/single-flight.ts';
import type { IdDigest, IdIssuer } from '../ocsp/certificate-id.ts';
import { encodeOcspRequest, nonceLength } from '../ocsp/request.ts';
import { digestOfAnswer, type OcspAnswer, parseOcspResponse } from '../ocsp/response.ts';
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

/** How an answer is asked for. */
export interface AnswerOrder {
  readonly url: string;
  readonly hosts: ReadonlySet<string>;
  readonly issuer: IdIssuer;
  readonly certificate: Certificate;
  readonly digest: IdDigest;
  readonly sendsNonce: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Settings of the store. */
export interface AnswerStoreSettings {
  /** Larger answers are refused, octets. */
  readonly largestAnswer: number;
  /** Held in memory; beyond it the one used longest ago is let go. */
  readonly mostAnswers: number;
  /** How long an answer that names no end is used again, ms from when it came. */
  readonly withoutNextUpdate: number;
}

export const usualAnswerStore: AnswerStoreSettings = {
  largestAnswer: 64 * 1024,
  mostAnswers: 20_000,
  withoutNextUpdate: 5 * 60_000,
};

/** Longest request, base64 and all, that goes by GET (RFC 6960, appendix A.1). */
const longestGet = 255;

/** The OCSP answers of this process, by the certificate they are about. Only verified ones stay. */
export class AnswerStore {
  private readonly settings: AnswerStoreSettings;
  private readonly fetcher: Fetcher;
  private readonly observer: RevocationObserver;
  private readonly storage: Storage | undefined;
  private readonly held = new Map<string, HeldAnswer>();
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
  }

  get size(): number {
    return this.held.size;
  }

  /** The answer held for a certificate, if it may still be used again at `at`; whether it is fresh, the judge says. */
  async load(issuer: IdIssuer, certificate: Certificate, at: number): Promise<HeldAnswer | undefined> {
    const key = answerKey(issuer, certificate);
    const held = this.held.get(key) ?? (await this.read(key, at));
    if (held === undefined) return undefined;
    const isOpenEnded = held.answer.answers.some(({ nextUpdate }) => nextUpdate === undefined);
    return isOpenEnded && at > held.fetchedAt + this.settings.withoutNextUpdate ? undefined : held;
  }

  /** Asks a responder. Throws a FetchFailure, also for what the responder refuses (RFC 6960, section 4.2.1). */
  fetch(order: AnswerOrder): Promise<FreshAnswer> {
    const key = `${order.url} ${answerKey(order.issuer, order.certificate)}`;
    return this.flights.run(key, () => this.ask(order));
  }

  /** Keeps an answer that the caller has verified. */
  accept(order: Pick<AnswerOrder, 'url' | 'issuer' | 'certificate'>, answer: OcspAnswer, at: number): void {
    const key = answerKey(order.issuer, order.certificate);
    const before = this.held.get(key);
    if (before !== undefined && before.answer.producedAt > answer.producedAt) return;
    this.keep(key, { url: order.url, answer, fetchedAt: at });
    const record = {
      key,
      url: order.url,
      sha256: digestOfAnswer(answer),
      fetchedAt: at,
      nextUpdate: answer.answers[0]?.nextUpdate ?? null,
      signer: '',
      hosts: [],
      etag: null,
      lastModified: null,
    };
    // Nobody waits for it, and a storage that fails keeps nobody out.
    this.storage?.write('answers', record, answer.der).catch((error: unknown) => this.observer.failed(error));
  }

  private keep(key: string, held: HeldAnswer): void {
    this.absence.end(key);
    this.held.delete(key);
    this.held.set(key, held);
    if (this.held.size > this.settings.mostAnswers) this.held.delete(this.held.keys().next().value ?? '');
  }

  private async read(key: string, at: number): Promise<HeldAnswer | undefined> {
    if (this.storage === undefined || this.absence.holds(key, at)) return undefined;
    const record = await this.storage.record('answers', key).catch(() => undefined);
    const octets =
      record === undefined ? undefined : await this.storage.readObject(record.sha256).catch(() => undefined);
    const response = octets === undefined ? undefined : parsed(octets);
    if (record === undefined || response?.kind !== 'answer') {
      this.absence.note(key, at);
      return undefined;
    }
    const held = { url: record.url, answer: response.answer, fetchedAt: record.fetchedAt };
    this.keep(key, held);
    return held;
  }

  private async ask(order: AnswerOrder): Promise<FreshAnswer> {
    const { issuer, certificate, digest, url, hosts, timeout } = order;
    const nonce = order.sendsNonce ? Uint8Array.from(randomBytes(nonceLength)) : undefined;
    const request = encodeOcspRequest({
      issuer,
      serialNumber: certificate.fields.serialNumber,
      digest,
      nonce,
    });
    const get = nonce === undefined ? getUrl(url, request) : undefined;
    const fetched = await this.fetcher.fetch({
      url: get ?? url,
      hosts,
      body: get === undefined ? request : undefined,
      headers: {
        accept: 'application/ocsp-response',
        ...(get === undefined ? { 'content-type': 'application/ocsp-request' } : {}),
      },
      largest: this.settings.largestAnswer,
      timeout,
    });
    const response = parseResponse(fetched.octets);
    if (response.kind === 'refusal') throw new FetchFailure(response.refusal);
    return { answer: response.answer, nonce };
  }
}

/** RFC 6960, appendix A.1: short requests without a nonce go by GET, so that caches can answer them. */
function getUrl(url: string, request: Uint8Array): string | undefined {
  const encoded = encodeURIComponent(Buffer.from(request).toString('base64'));
  return encoded.length > longestGet ? undefined : `${url.replace(/\/$/, '')}/${encoded}`;
}

/** What an answer is found by: the issuer's name and key, and the certificate's serial number. */
export function answerKey(issuer: IdIssuer, certificate: Certificate): string {
  const authority = hash('sha256', Buffer.concat([issuer.publicKey.der, issuer.name.der]), 'hex');
  return `${authority} ${certificate.serialNumberHex}`;
}

function parseResponse(octets: Uint8Array) {
  try {
    return parseOcspResponse(octets);
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    throw new FetchFailure('malformed', { rule: error.rule, offset: error.offset }, { cause: error });
  }
}

function parsed(octets: Uint8Array) {
  try {
    return parseOcspResponse(octets);
  } catch (error) {
    if (error instanceof EncodingError) return undefined;
    throw error;
  }
}
