import { SealgateError } from '../error.ts';

/** Requests of ours are three levels deep at most. */
const deepest = 16;

/**
 * Parses JSON that a stranger sent: no name twice in one object, because readers differ on which one counts
 * (RFC 8259, section 4), and no deep nesting. Throws `request_malformed`.
 */
export function parseJson(text: string): unknown {
  const value = parse(text);
  checkStructure(text);
  return value;
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
