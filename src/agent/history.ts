import { join } from 'node:path';
import { readKept, writeKept } from './kept-file.ts';

/** A signature that the agent made. */
export interface MadeSignature {
  /** In ms since the epoch. */
  readonly at: number;
  readonly origin: string;
  readonly kind: 'challenge' | 'document';
  /** Name of the portal, or of the document. */
  readonly name: string;
  /** SHA-256 of the certificate, base64url. */
  readonly thumbprint: string;
}

/** How many are kept. */
const mostSignatures = 100;

/** The last signatures, for the person to look at; kept in the agent's folder and nowhere else. */
export class History {
  private readonly path: string;
  private signatures: readonly MadeSignature[];

  private constructor(path: string, signatures: readonly MadeSignature[]) {
    this.path = path;
    this.signatures = signatures;
  }

  /** Reads the history in the agent's folder. Throws `file_unreadable`. */
  static async open(folder: string): Promise<History> {
    const path = join(folder, 'signatures.json');
    return new History(path, await readKept(path, readSignatures, []));
  }

  /** The newest first. */
  all(): readonly MadeSignature[] {
    return this.signatures;
  }

  /** When a certificate last signed, undefined if it is not known to have. */
  lastUse(thumbprint: string): number | undefined {
    return this.signatures.find((each) => each.thumbprint === thumbprint)?.at;
  }

  async add(signature: MadeSignature): Promise<void> {
    this.signatures = [signature, ...this.signatures].slice(0, mostSignatures);
    await writeKept(this.path, this.signatures);
  }
}

function readSignatures(value: unknown): readonly MadeSignature[] | undefined {
  return Array.isArray(value) && value.every(isMadeSignature) ? value : undefined;
}

function isMadeSignature(value: unknown): value is MadeSignature {
  if (typeof value !== 'object' || value === null) return false;
  const { at, origin, kind, name, thumbprint } = value as Partial<MadeSignature>;
  return (
    Number.isSafeInteger(at) &&
    (kind === 'challenge' || kind === 'document') &&
    [origin, name, thumbprint].every((text) => typeof text === 'string')
  );
}
