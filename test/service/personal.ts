import { readFileSync } from 'node:fs';

const samples: unknown = JSON.parse(
  readFileSync(new URL('../../certs/test/organisations.json', import.meta.url), 'utf8'),
);

/** Of the stand-in for verification, and the PIN of test tokens as a log might name it. */
const ofStandIn = ['7707083893', '1027700132195', 'Ромашка', 'Иванова', 'Анна Петровна'];

/** Names, addresses and numbers of those who sign in in tests; what is shorter may stand in a log by chance. */
const personal: readonly string[] = [...new Set([...ofStandIn, ...textsIn(samples)])].filter(
  (text) => /\d{9}/.test(text) || /[А-Яа-я]{4}/.test(text),
);

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/**
 * What of the people and organisations of the tests stands in log lines. Every service of the tests is asked for it when
 * it ends, whatever it was tested for.
 */
export function personalIn(log: string): readonly string[] {
  return personal.filter((text) => log.includes(text));
}
