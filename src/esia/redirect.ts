/**
 * An address of return without the parameters that the service itself added to it: some clients hand back the whole
 * address at which they were called. Everything before them stays letter by letter.
 */
export function withoutAnswer(address: string): string {
  const start = address.indexOf('?');
  if (start < 0) return address;
  const kept = address
    .slice(start + 1)
    .split('&')
    .filter((pair) => !/^(code|state)=/.test(pair));
  return kept.length === 0 ? address.slice(0, start) : `${address.slice(0, start)}?${kept.join('&')}`;
}
