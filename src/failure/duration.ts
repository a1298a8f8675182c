import type { Language } from './failure.ts';

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A duration in words, rounded to two units: "2 hours 5 minutes". */
export function showSeconds(seconds: number, language: Language): string | undefined {
  if (!Number.isFinite(seconds)) return undefined;
  const whole = Math.max(1, Math.round(Math.abs(seconds)));
  const first = units.findIndex(([, size]) => whole >= size);
  const shown: string[] = [];
  let rest = whole;
  for (const [unit, size] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) {
      const number = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' });
      shown.push(number.format(count));
    }
  }
  return shown.join(' ');
}
