import type { IncomingMessage } from 'node:http';
import { Reading } from './reading.ts';
import { type Upload, type UploadLimits, uploadLength, withUpload } from './upload.ts';

/** How much may be uploaded, in octets. */
export interface UploadAllowance {
  /** By one request. */
  readonly largest: number;
  /** The file that holds the signatures: of it all is held in memory. */
  readonly largestDocument: number;
}

/** Requests of the largest size that one caller, and all of them, may have open at once; fewer smaller ones do not count. */
const ofOne = 2;
const ofAll = 8;

/** Documents of the largest size that are held in memory at once. */
const held = 4;

/** The uploads of one kind of callers: what they may bring, and how much of it at once. */
export class Uploads {
  readonly allowance: UploadAllowance;
  private readonly own: Reading;
  private readonly all: Reading;
  private readonly documents: Reading;

  constructor(allowance: UploadAllowance) {
    this.allowance = allowance;
    this.own = new Reading(ofOne * allowance.largest);
    this.all = new Reading(ofAll * allowance.largest);
    this.documents = new Reading(held * allowance.largestDocument);
  }

  /** As `withUpload`, for `name`; throws `rate_limited` as well, where too much of it, or of all, is under way. */
  take<T>(
    name: string,
    request: IncomingMessage,
    patience: number,
    act: (upload: Upload) => Promise<T>,
  ): Promise<T> {
    const limits: UploadLimits = { octets: this.allowance.largest, patience };
    const length = uploadLength(request, limits);
    return this.own.read(name, length, () =>
      this.all.read('', length, () => withUpload(request, limits, act)),
    );
  }

  /** Does `act` with so many octets of documents in memory. Throws `rate_limited` where too many are. */
  hold<T>(octets: number, act: () => Promise<T>): Promise<T> {
    return this.documents.read('', octets, act);
  }
}
