import type { Way } from '../sign-in/view/model.ts';

/** The way and the certificate with which this browser last signed in here. */
export interface LastUsed {
  readonly way: Way;
  /** SHA-256, base64url. */
  readonly thumbprint: string;
}

const key = 'sealgate-last-used';

/** What was used last; undefined where nothing is known, or the browser keeps nothing. */
export function lastUsed(): LastUsed | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return undefined;
    const { way, thumbprint } = kept as Readonly<Record<string, unknown>>;
    if ((way !== 'agent' && way !== 'plugin') || typeof thumbprint !== 'string') return undefined;
    return { way, thumbprint };
  } catch {
    return undefined;
  }
}

/** Remembers what was used. A thumbprint names a certificate, and opens nothing. */
export function remember(used: LastUsed): void {
  try {
    localStorage.setItem(key, JSON.stringify(used));
  } catch {
    // A browser that keeps nothing shows the list in its usual order.
  }
}
