import { isKind, type PdfReference, type PdfValue } from './object.ts';
import type { PdfRevision } from './revision.ts';
import type { PdfUpdate } from './update.ts';
import { encodeStream, encodeValue } from './write.ts';

/** Copies objects of one file into an update of another, each once, whatever refers to it. */
export class PdfImport {
  private readonly update: PdfUpdate;
  private readonly source: PdfRevision;
  private readonly known = new Map<number, PdfReference>();

  constructor(update: PdfUpdate, source: PdfRevision) {
    this.update = update;
    this.source = source;
  }

  /** A value of the source as the other file writes it, with all that it refers to. Throws a PdfError. */
  copy(value: PdfValue): PdfValue {
    if (isKind(value, 'reference')) return this.copyObject(value);
    if (isKind(value, 'array')) return { kind: 'array', items: value.items.map((item) => this.copy(item)) };
    if (isKind(value, 'dictionary')) return { kind: 'dictionary', entries: this.copyEntries(value.entries) };
    return value;
  }

  /** The entries of a dictionary, likewise. */
  copyEntries(entries: ReadonlyMap<string, PdfValue>): ReadonlyMap<string, PdfValue> {
    return new Map([...entries].map(([key, value]) => [key, this.copy(value)]));
  }

  private copyObject(reference: PdfReference): PdfReference {
    const known = this.known.get(reference.number);
    if (known !== undefined) return known;
    const copied = this.update.reserve();
    this.known.set(reference.number, copied);
    const value = this.source.object(reference);
    const octets = isKind(value, 'stream')
      ? encodeStream(this.copyEntries(value.entries), value.packed)
      : encodeValue(this.copy(value));
    this.update.write(copied, octets);
    return copied;
  }
}
