import { createRequire } from 'node:module';
import { Random } from '../fuzz/random.ts';

/**
 * Calls every function of the native module with arguments of any kind and number: addon-calls MODULE COUNT SEED. Each
 * call ends in a value or a TypeError; anything else ends this program.
 */
const [path = '', count = '0', seed = '0'] = process.argv.slice(2);
const addon = createRequire(import.meta.url)(path) as Record<string, (...values: unknown[]) => unknown>;
const random = new Random(Number(seed));
const lengths = [0, 1, 31, 32, 33, 63, 64, 65, 96, 127, 128, 129, 256, 1000];
const hashers: unknown[] = [];

function anything(): unknown {
  switch (random.below(14)) {
    case 0:
      return undefined;
    case 1:
      return null;
    case 2:
      return random.pick([-1, 0.5, Number.NaN, Infinity, 2 ** 32, 2 ** 53, -0, 9, 10]);
    case 3:
      return random.pick(['', '1', 'adx', {}, [], Symbol('s'), 1n, true, () => {}]);
    case 4:
      return new Uint16Array(random.pick(lengths));
    case 5:
      return new DataView(new ArrayBuffer(8));
    case 6:
      return detached();
    case 7:
      return random.pick(hashers);
    case 8:
    case 9:
      return random.below(10);
    default:
      return random.octets(random.pick(lengths));
  }
}

/** A view of memory that is gone. */
function detached(): Uint8Array {
  const octets = new Uint8Array(64);
  structuredClone(octets.buffer, { transfer: [octets.buffer] });
  return octets;
}

const names = Object.keys(addon);
const outcomes = new Map<string, number>();
for (let call = 0; call < Number(count); call++) {
  const name = random.pick(names);
  const values = Array.from({ length: random.below(7) }, anything);
  let outcome = 'value';
  try {
    const result = addon[name]!(...values);
    if (name === 'createHasher' && hashers.length < 8) hashers.push(result);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    outcome = 'TypeError';
  }
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}
process.stdout.write(`${JSON.stringify({ functions: names.length, ...Object.fromEntries(outcomes) })}\n`);
