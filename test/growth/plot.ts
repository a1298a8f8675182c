import { growthOf, type Series } from './series.ts';

const [width, height] = [860, 460];
const frame = { left: 60, right: 300, top: 40, bottom: 50 };
const colours = ['#1f5fa8', '#c2410c', '#15803d', '#7e22ce', '#b91c1c', '#0e7490', '#a16207', '#4b5563'];

/**
 * What all steps cost more beside more of what they look into, as a picture (SVG), in parts of a whole sign-in; the
 * band is what counts as flat.
 */
export function plot(all: readonly Series[], signInMicroseconds: number, flatWithin: number): string {
  const points = all.flatMap((series) => series.points);
  const widest = Math.log10(Math.max(...points.map(({ size }) => size), 10));
  const growths = all.flatMap((series) =>
    series.points.map((point) => growthOf(series, point, signInMicroseconds)),
  );
  const highest = Math.ceil(Math.max(2 * flatWithin, ...growths) * 10) / 10;
  const lowest = Math.floor(Math.min(-flatWithin, ...growths) * 10) / 10;
  const x = (size: number) =>
    frame.left + (Math.log10(Math.max(1, size)) / widest) * (width - frame.left - frame.right);
  const y = (growth: number) =>
    frame.top + ((highest - growth) / (highest - lowest)) * (height - frame.top - frame.bottom);
  const decades = Array.from({ length: Math.floor(widest) + 1 }, (_, power) => 10 ** power);
  const [right, bottom] = [width - frame.right, height - frame.bottom];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${frame.left}" y="24" font-size="14">What steps cost more than at their smallest size, in parts of a sign-in</text>`,
    `<rect x="${frame.left}" y="${y(flatWithin)}" width="${right - frame.left}" height="${y(-flatWithin) - y(flatWithin)}" fill="#e5e7eb"/>`,
    ...decades.map(
      (size) =>
        `<text x="${x(size)}" y="${bottom + 20}" text-anchor="middle">${size.toLocaleString('en')}</text>`,
    ),
    ...Array.from({ length: Math.round((highest - lowest) * 10) + 1 }, (_, step) => lowest + step / 10).map(
      (growth) =>
        `<text x="${frame.left - 8}" y="${y(growth) + 4}" text-anchor="end">${Math.round(growth * 100)} %</text><line x1="${frame.left}" x2="${right}" y1="${y(growth)}" y2="${y(growth)}" stroke="#d1d5db"/>`,
    ),
    ...all.map((series, index) => {
      const colour = colours[index % colours.length];
      const at = series.points.map((point) => [
        x(point.size),
        y(growthOf(series, point, signInMicroseconds)),
      ]);
      const line = at.map((place) => place.join()).join(' ');
      const label = [series.name, series.engine].filter(Boolean).join(', ');
      const row = frame.top + 10 + index * 20;
      return [
        `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        ...at.map(([left, top]) => `<circle cx="${left}" cy="${top}" r="3" fill="${colour}"/>`),
        `<rect x="${right + 20}" y="${row - 9}" width="10" height="10" fill="${colour}"/>`,
        `<text x="${right + 36}" y="${row}">${label}</text>`,
      ].join('');
    }),
    '</svg>',
    '',
  ].join('\n');
}
