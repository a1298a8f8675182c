import { join } from 'node:path';
import { isOrigin } from '../relying-party/origin.ts';
import { readKept, writeKept } from './kept-file.ts';

/** An origin that the person has allowed. */
export interface AllowedOrigin {
  readonly origin: string;
  /** In ms since the epoch. */
  readonly allowedAt: number;
}

/** The origins that may show certificates and ask for signatures, each confirmed once by the person. */
export class OriginList {
  private readonly path: string;
  private readonly origins: Map<string, AllowedOrigin>;

  private constructor(path: string, origins: readonly AllowedOrigin[]) {
    this.path = path;
    this.origins = new Map(origins.map((each) => [each.origin, each]));
  }

  /** Reads the list in the agent's folder. Throws `file_unreadable`. */
  static async open(folder: string): Promise<OriginList> {
    const path = join(folder, 'origins.json');
    return new OriginList(path, await readKept(path, readOrigins, []));
  }

  has(origin: string): boolean {
    return this.origins.has(origin);
  }

  /** In the order in which they were allowed. */
  all(): readonly AllowedOrigin[] {
    return [...this.origins.values()];
  }

  async allow(origin: string, allowedAt: number): Promise<void> {
    this.origins.set(origin, { origin, allowedAt });
    await this.write();
  }

  async remove(origin: string): Promise<void> {
    this.origins.delete(origin);
    await this.write();
  }

  private write(): Promise<void> {
    return writeKept(this.path, this.all());
  }
}

function readOrigins(value: unknown): readonly AllowedOrigin[] | undefined {
  return Array.isArray(value) && value.every(isAllowedOrigin) ? value : undefined;
}

function isAllowedOrigin(value: unknown): value is AllowedOrigin {
  if (typeof value !== 'object' || value === null) return false;
  const { origin, allowedAt } = value as Partial<AllowedOrigin>;
  return typeof origin === 'string' && isOrigin(origin) && Number.isSafeInteger(allowedAt);
}
