import { SealgateError } from '../error.ts';

/** Requests of ours are three levels deep at most. */
const deepest = 16;

/**
 * Parses JSON that a stranger sent: no name twice in one object, because readers differ on which one counts
 * (RFC 8259, section 4); no deep nesting; and no lone surrogates, which have no UTF-8, so that texts that differ
 * would be hashed and kept alike (RFC 8259, section 8.2). Throws `request_malformed`.
 */
export function parseJson(text: string): unknown {
  const value = parse(text);
  checkStructure(text);
  if (surrogate.test(text)) expectWellFormed(value, 'body');
  return value;
}

/** Octets in UTF-8 hold no lone surrogate; only an escape can write one. */
const surrogate = /\\u[dD][89a-fA-F]/;

/** Throws `request_malformed` with the first field whose text, or name, is not well-formed Unicode. */
function expectWellFormed(value: unknown, field: string): void {
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw new SealgateError('request_malformed', { field, problem: 'holds a lone surrogate' });
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    expectWellFormed(name, field);
    expectWellFormed(member, name);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('not JSON');
  }
}

/** Walks over valid JSON; strings are leapt over, so that a long one costs little. */
function checkStructure(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case 0x22: {
        const end = endOfString(text, index);
        const names = open.at(-1);
        if (names && isName(text, end)) addName(names, text.slice(index, end));
        index = end - 1;
        break;
      }
      case 0x7b:
        open.push(new Set());
        break;
      case 0x5b:
        open.push(undefined);
        break;
      case 0x7d:
      case 0x5d:
        open.pop();
        break;
    }
    if (open.length > deepest) throw malformed('nested too deeply');
  }
}

function addName(names: Set<string>, quoted: string): void {
  const name = quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
  if (names.has(name)) throw new SealgateError('request_malformed', { field: name, problem: 'given twice' });
  names.add(name);
}

/** The index after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(quote - 1 - slashes) === 0x5c) slashes += 1;
  return slashes % 2 === 1;
}

function isName(text: string, after: number): boolean {
  let index = after;
  while (text.charCodeAt(index) <= 0x20) index += 1;
  return text.charCodeAt(index) === 0x3a;
}

function malformed(problem: string): SealgateError {
  return new SealgateError('request_malformed', { field: 'body', problem });
}
