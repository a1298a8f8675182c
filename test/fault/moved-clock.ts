// Loaded before a service by NODE_OPTIONS: its clock is ahead of the machine's by what the file says, in ms.
import { readFileSync } from 'node:fs';

const file = process.env.MOVED_CLOCK ?? '';
const lookEvery = 10;
const RealDate = Date;
let ahead = 0;
let lookedAt = Number.NEGATIVE_INFINITY;

function now(): number {
  if (performance.now() - lookedAt > lookEvery) {
    lookedAt = performance.now();
    ahead = Number(readFileSync(file, 'utf8'));
  }
  return RealDate.now() + ahead;
}

class MovedDate extends RealDate {
  constructor(...parts: ConstructorParameters<DateConstructor> | []) {
    if (parts.length === 0) super(now());
    else super(...parts);
  }

  static override now(): number {
    return now();
  }
}

globalThis.Date = MovedDate as DateConstructor;
