const form = /^(\d{4})\.(\d{2})\.(\d{2}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/;

/**
 * The moment of a `timestamp`, `yyyy.MM.dd HH:mm:ss Z`, in milliseconds since the epoch; undefined where it has another
 * form, or names no moment.
 */
export function parseTimestamp(text: string): number | undefined {
  const [, year, month, day, hour, minute, second, sign, hours, minutes] = form.exec(text) ?? [];
  if (year === undefined) return undefined;
  const [offsetHours, offsetMinutes] = [Number(hours), Number(minutes)];
  if (offsetHours > 14 || offsetMinutes > 59) return undefined;
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const at = Date.parse(written);
  // 30 February and 24 o'clock are read as other moments than those written.
  if (Number.isNaN(at) || new Date(at).toISOString() !== written) return undefined;
  const offset = (offsetHours * 60 + offsetMinutes) * 60_000;
  return sign === '-' ? at + offset : at - offset;
}
