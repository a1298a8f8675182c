import { SealgateError } from '../../error.ts';
import type { PdfReference, PdfValue } from '../pdf/object.ts';
import type { PdfUpdate } from '../pdf/update.ts';
import { encodeValue, nameValue } from '../pdf/write.ts';

/** A signature or a time-stamp that is to be placed in a file. */
export interface PlacedForm {
  readonly type: 'Sig' | 'DocTimeStamp';
  readonly subFilter: 'ETSI.CAdES.detached' | 'ETSI.RFC3161';
  /** Most octets of its value; so much is kept free. */
  readonly room: number;
  readonly entries?: ReadonlyMap<string, PdfValue>;
}

/** A file with room for the value of a signature in it. */
export interface PreparedFile {
  /** What the value has to be over. */
  readonly signed: Uint8Array;
  /** The file with this value. Throws `document_malformed` where it is longer than the room for it. */
  complete(value: Uint8Array): Buffer;
}

/** Digits of each number of a range: as many as the largest file that is read can need. */
const rangeDigits = 10;

/** Adds a signature dictionary without its value (ISO 32000-2, 12.8.1). */
export function addSignature(update: PdfUpdate, form: PlacedForm): PdfReference {
  return update.add(dictionaryOf(form));
}

function dictionaryOf({ type, subFilter, room, entries }: PlacedForm): string {
  const own: [string, PdfValue][] = [
    ['Type', nameValue(type)],
    ['Filter', nameValue('Adobe.PPKLite')],
    ['SubFilter', nameValue(subFilter)],
    ...(entries ?? []),
  ];
  const written = own.map(([key, value]) => `/${key} ${encodeValue(value)}`).join(' ');
  const range = Array.from({ length: 3 }, () => '0'.repeat(rangeDigits)).join(' ');
  return `<< ${written} /ByteRange [0 ${range}] /Contents <${'00'.repeat(room)}> >>`;
}

/** Writes the update, and the range of the signature into it: everything but its value. */
export function prepare(update: PdfUpdate, signature: PdfReference, { room }: PlacedForm): PreparedFile {
  const { octets, places } = update.finish();
  const place = places.get(signature.number);
  if (place === undefined) throw new Error('the signature has been added to this update');
  const start = octets.indexOf('/Contents <', place) + '/Contents '.length;
  const end = start + 2 + 2 * room;
  const rest = octets.length - end;
  const numbers = [start, end, rest].map((number) => String(number).padEnd(rangeDigits, ' '));
  octets.write(
    numbers.join(' '),
    octets.indexOf('/ByteRange [0 ', place) + '/ByteRange [0 '.length,
    'latin1',
  );
  return {
    signed: Buffer.concat([octets.subarray(0, start), octets.subarray(end)]),
    complete: (value) => {
      if (value.length > room)
        throw new SealgateError('document_malformed', {
          problem: `a value of ${value.length} octets does not fit into the ${room} that are kept for it`,
        });
      const filled = Buffer.from(octets);
      filled.write(Buffer.from(value).toString('hex'), start + 1, 'latin1');
      return filled;
    },
  };
}
