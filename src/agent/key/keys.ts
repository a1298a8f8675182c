import { SealgateError } from '../../error.ts';
import type { Findings, FoundCertificate } from './found.ts';
import type { ModuleChoice } from './search.ts';
import type { Entered } from './sign.ts';

/** How long drivers are kept running after they were last asked, in milliseconds. */
const rest = 60_000;

/**
 * The certificates of this computer’s tokens and key files. There is one in a process: at rest it lets every driver go.
 * What works on tokens is loaded when it is first needed, since most agents wait for days.
 */
export class Keys {
  private readonly folder: string;
  private readonly named: readonly ModuleChoice[];
  private found = new Map<string, FoundCertificate>();
  private underWay = 0;
  private resting: NodeJS.Timeout | undefined;

  /** `folder` is the agent's; `named` are the drivers to ask, all that are found if there are none. */
  constructor(folder: string, named: readonly ModuleChoice[]) {
    this.folder = folder;
    this.named = named;
  }

  /**
   * Looks for certificates, and gives them as they are found, each once: of one that several drivers show, the place
   * that can be used, or else the first.
   */
  async *search(): AsyncGenerator<Findings> {
    const seen = new Map<string, FoundCertificate>();
    const fresh = (all: readonly FoundCertificate[]) =>
      all.filter((each) => {
        const known = seen.get(each.thumbprint);
        if (known !== undefined && (known.usable === true || each.usable !== true)) return false;
        seen.set(each.thumbprint, each);
        return known === undefined;
      });
    this.begin();
    try {
      const { certificatesOf, readKeyFiles } = await import('./key-files.ts');
      const { modulesToAsk, searchTokens } = await import('./search.ts');
      yield { found: fresh(certificatesOf(await readKeyFiles(this.folder), Date.now())), troubles: [] };
      for await (const { found, troubles } of searchTokens(await modulesToAsk(this.named))) {
        yield { found: fresh(found), troubles };
      }
    } finally {
      this.found = seen;
      this.end();
    }
  }

  /** The certificate of that thumbprint; looked for anew where it is not known. Throws `key_not_found`. */
  async find(thumbprint: string): Promise<FoundCertificate> {
    const known = this.found.get(thumbprint) ?? (await this.searchFor(thumbprint));
    if (known === undefined) throw new SealgateError('key_not_found', {});
    return known;
  }

  /** Signs as `signWith` does; meanwhile no driver is let go. */
  async sign(
    found: FoundCertificate,
    content: Uint8Array,
    isDetached: boolean,
    entered: Entered,
  ): Promise<Uint8Array> {
    this.begin();
    try {
      const { signWith } = await import('./sign.ts');
      return await signWith(found, content, isDetached, entered);
    } finally {
      this.end();
    }
  }

  /** Does something with the tokens of the drivers that are asked; meanwhile no driver is let go. */
  async during<T>(work: (modules: readonly ModuleChoice[]) => Promise<T>): Promise<T> {
    this.begin();
    try {
      const { modulesToAsk } = await import('./search.ts');
      return await work(await modulesToAsk(this.named));
    } finally {
      this.end();
    }
  }

  /** Ends the drivers' processes; they start again when they are asked. */
  async release(): Promise<void> {
    clearTimeout(this.resting);
    (await import('../../token/token-module.ts')).closeModules();
  }

  private async searchFor(thumbprint: string): Promise<FoundCertificate | undefined> {
    for await (const { found } of this.search()) {
      const wanted = found.find((each) => each.thumbprint === thumbprint);
      if (wanted !== undefined) return wanted;
    }
    return undefined;
  }

  private begin(): void {
    clearTimeout(this.resting);
    this.underWay++;
  }

  /** Idle drivers take memory, and some see a token that was plugged in only when they start. */
  private end(): void {
    if (--this.underWay > 0) return;
    this.resting = setTimeout(() => void this.release(), rest);
    this.resting.unref();
  }
}
