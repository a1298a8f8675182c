/**
 * RC4, in which older encrypted PDF files are written and which OpenSSL no longer offers. It keeps nothing secret here:
 * what is read with it is meant for everybody.
 */
export function rc4(key: Uint8Array, octets: Uint8Array): Uint8Array {
  const state = Uint8Array.from({ length: 256 }, (_, at) => at);
  for (let at = 0, other = 0; at < 256; at++) {
    other = (other + state[at]! + key[at % key.length]!) & 0xff;
    swap(state, at, other);
  }
  const result = new Uint8Array(octets.length);
  for (let at = 0, i = 0, j = 0; at < octets.length; at++) {
    i = (i + 1) & 0xff;
    j = (j + state[i]!) & 0xff;
    swap(state, i, j);
    result[at] = octets[at]! ^ state[(state[i]! + state[j]!) & 0xff]!;
  }
  return result;
}

function swap(state: Uint8Array, one: number, other: number): void {
  const kept = state[one]!;
  state[one] = state[other]!;
  state[other] = kept;
}
