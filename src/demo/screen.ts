import { paintFor } from '../terminal/table.ts';
import { foldText, lengthOf, wrapText } from '../terminal/width.ts';

/** Where the demo writes. */
export interface Stream {
  readonly isTTY?: boolean;
  hasColors?(): boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Abbreviations of units of time. */
export interface Units {
  readonly milliseconds: string;
  readonly seconds: string;
}

const narrowest = 60;
const widest = 100;
const indent = '     ';
const labelWidth = 14;

/** The demo's page: numbered steps with their times, rows of facts, boxes and refusals; plain where nobody watches. */
export class Screen {
  private readonly stream: Stream;
  private readonly paint: ReturnType<typeof paintFor>;
  private readonly width: number;
  private readonly units: Units;
  private count = 0;

  constructor(stream: Stream, units: Units) {
    this.stream = stream;
    this.units = units;
    this.paint = paintFor(stream);
    this.width = Math.min(widest, Math.max(narrowest, (stream.columns ?? 81) - 1));
  }

  /** The heading of the page. */
  title(text: string, below: string): void {
    this.lines('', `  ${this.paint.bold(text)}`, wrapText(`  ${this.paint.dim(below)}`, this.width));
  }

  /** Does a piece of work and shows what it was and how long it took. */
  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    const number = `${++this.count}`.padStart(2);
    this.lines('');
    if (this.stream.isTTY === true) this.stream.write(` ${this.paint.dim(number)}  ${title} …`);
    const start = performance.now();
    try {
      const result = await work();
      this.finish(number, title, performance.now() - start);
      return result;
    } catch (error) {
      if (this.stream.isTTY === true) this.stream.write('\n');
      throw error;
    }
  }

  private finish(number: string, title: string, milliseconds: number): void {
    const time = this.time(milliseconds);
    const gap = ' '.repeat(Math.max(2, this.width - 4 - lengthOf(title) - time.length));
    if (this.stream.isTTY === true) this.stream.write('\r\u001b[2K');
    this.lines(` ${this.paint.dim(number)}  ${this.paint.bold(title)}${gap}${this.paint.dim(time)}`);
  }

  /** A fact below a step. */
  row(label: string, value: string, milliseconds?: number): void {
    const time = milliseconds === undefined ? '' : this.time(milliseconds);
    const left = `${indent}${this.paint.dim(label.padEnd(labelWidth))} ${value}`;
    const used = indent.length + Math.max(labelWidth, lengthOf(label)) + 1 + lengthOf(value);
    const gap = time === '' ? '' : ' '.repeat(Math.max(2, this.width - used - time.length));
    const margin = ' '.repeat(indent.length + labelWidth + 1);
    this.lines(wrapText(`${left}${gap}${this.paint.dim(time)}`.trimEnd(), this.width, margin));
  }

  /** Something that went well, below a step. */
  passed(text: string): void {
    this.lines(wrapText(`${indent}${this.paint.good('✓')} ${text}`, this.width, `${indent}  `));
  }

  /** A remark that changes nothing. */
  note(text: string): void {
    for (const line of foldText(text, this.width - indent.length)) this.lines(indent + this.paint.warn(line));
  }

  /** Text in a frame, such as the text that is signed. */
  box(text: string): void {
    const room = this.width - indent.length - 4;
    const lines = foldText(text, room);
    const rule = '─'.repeat(room + 2);
    this.lines(indent + this.paint.dim(`┌${rule}┐`));
    for (const line of lines) {
      const filled = line + ' '.repeat(Math.max(0, room - lengthOf(line)));
      this.lines(`${indent}${this.paint.dim('│')} ${filled} ${this.paint.dim('│')}`);
    }
    this.lines(indent + this.paint.dim(`└${rule}┘`));
  }

  /** A refusal: what was tried, the code, and what the person is told. */
  refusal(tried: string, code: string, status: number | undefined, told: readonly [string, string][]): void {
    this.lines('', `${indent}${this.paint.bad('✗')} ${tried}`);
    const shownStatus = status === undefined ? '' : this.paint.dim(`  HTTP ${status}`);
    this.lines(`${indent}  ${this.paint.bad(code)}${shownStatus}`);
    const width = Math.max(...told.map(([label]) => lengthOf(label)));
    for (const [label, text] of told) {
      const [first = '', ...rest] = foldText(text, this.width - indent.length - width - 4);
      this.lines(`${indent}  ${this.paint.dim(label.padEnd(width))}  ${first}`);
      for (const line of rest) this.lines(`${indent}  ${' '.repeat(width)}  ${line}`);
    }
  }

  /** The last words, with the addresses that stay up. */
  closing(title: string, addresses: readonly (readonly [string, string])[], below: string): void {
    this.lines('', `  ${this.paint.bold(title)}`, '');
    for (const [label, address] of addresses) this.row(label, address);
    this.lines('', wrapText(`  ${this.paint.dim(below)}`, this.width), '');
  }

  /** A time for people: two or three digits that count. */
  private time(milliseconds: number): string {
    if (milliseconds < 10) return `${milliseconds.toFixed(1)} ${this.units.milliseconds}`;
    if (milliseconds < 1000) return `${Math.round(milliseconds)} ${this.units.milliseconds}`;
    return `${(milliseconds / 1000).toFixed(1)} ${this.units.seconds}`;
  }

  /** Lines as they are. */
  lines(...lines: readonly string[]): void {
    this.stream.write(`${lines.join('\n')}\n`);
  }
}
