import { Name } from '../../certificate/name.ts';
import { isSameName } from '../../certificate/same-name.ts';
import { type RevokedEntry, readEntry } from './entry.ts';
import { type EntryIndex, locate, type Position, slotOf } from './entry-index.ts';

/** The revoked certificates of one list: the octets as they came, and an index of at most 6 octets an entry. */
export class RevokedEntries {
  readonly index: EntryIndex;
  private readonly octets: Uint8Array;
  private readonly issuers: readonly Name[];

  /** `octets` is the content of revokedCertificates that `index` was built of. */
  constructor(octets: Uint8Array, index: EntryIndex) {
    this.octets = octets;
    this.index = index;
    this.issuers = index.issuers.map((der) => new Name(der));
  }

  get count(): number {
    return this.index.count;
  }

  /** Octets held beside the list itself. */
  get overhead(): number {
    return this.index.slots.byteLength + this.index.runs.byteLength;
  }

  /** Whether entries name issuers of their own, which only an indirect list may (RFC 5280, section 5.3.3). */
  get namesIssuers(): boolean {
    return this.issuers.length > 0;
  }

  /**
   * All entries for a serial number (content octets of the INTEGER) of `issuer`; `isOwn` says whether that is the
   * issuer of the list, to whom entries belong that nothing else is said of. Under 2 µs for a million entries.
   */
  find(serialNumber: Uint8Array, issuer: Name, isOwn: boolean): readonly RevokedEntry[] {
    if (this.index.count === 0) return [];
    const found: RevokedEntry[] = [];
    if (isOwn) this.collect(serialNumber, 0, found);
    for (const [at, name] of this.issuers.entries()) {
      if (isSameName(name, issuer)) this.collect(serialNumber, at + 1, found);
    }
    return found;
  }

  /** Whether there is an entry for a serial number of `issuer`, whatever it says; see `find`. */
  has(serialNumber: Uint8Array, issuer: Name, isOwn: boolean): boolean {
    return this.find(serialNumber, issuer, isOwn).length > 0;
  }

  /** Serial numbers (content octets, views) in the order of the list. */
  *serialNumbers(): Generator<Uint8Array> {
    const position: Position = { serialStart: 0, serialEnd: 0, end: 0 };
    for (let at = 0; at < this.octets.length; at = position.end) {
      locate(this.octets, at, this.octets.length, position);
      yield this.octets.subarray(position.serialStart, position.serialEnd);
    }
  }

  private collect(serialNumber: Uint8Array, issuer: number, found: RevokedEntry[]): void {
    const { slots, seed } = this.index;
    const position: Position = { serialStart: 0, serialEnd: 0, end: 0 };
    let slot = slotOf(serialNumber, 0, serialNumber.length, issuer, seed, slots.length);
    while (slots[slot] !== 0) {
      const offset = slots[slot]! - 1;
      locate(this.octets, offset, this.octets.length, position);
      if (this.isSerial(serialNumber, position) && this.issuerAt(offset) === issuer) {
        found.push(readEntry(this.octets, position));
      }
      slot = slot + 1 === slots.length ? 0 : slot + 1;
    }
  }

  private isSerial(serialNumber: Uint8Array, { serialStart, serialEnd }: Position): boolean {
    if (serialEnd - serialStart !== serialNumber.length) return false;
    for (let at = 0; at < serialNumber.length; at++) {
      if (this.octets[serialStart + at] !== serialNumber[at]) return false;
    }
    return true;
  }

  /** Number of the issuer that the entry at `offset` belongs to: named there or by the last entry that names one. */
  private issuerAt(offset: number): number {
    const { runs } = this.index;
    let low = 0;
    let high = runs.length / 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (runs[middle * 2]! <= offset) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : runs[low * 2 - 1]!;
  }
}
