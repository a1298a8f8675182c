import type { CertificateItem, ModuleTrouble } from '../agent/bridge-message.ts';
import type { ShownCertificate, ShownPlace, View, Way } from '../sign-in/view/model.ts';
import { fromBase64 } from './base64.ts';
import type { Wordings } from './failure.ts';
import { type FoundCertificate, fault, found, inOrder, shown } from './judge.ts';
import { lastUsed } from './last-used.ts';
import { exported, hasKey, placeOf, type StoredCertificate } from './plugin/store.ts';

type List = Extract<View, { kind: 'certificates' }>;

/** The certificates of one way as they come in: each is shown as soon as it is read, and judged later and alone. */
export class CertificateList {
  readonly way: Way;
  private readonly wordings: Wordings;
  private readonly now: () => number;
  private readonly items = new Map<string, ShownCertificate>();
  private readonly stored = new Map<string, StoredCertificate>();
  private readonly unread: { readonly id: string; readonly title: string }[] = [];
  private readonly troubles: { readonly name: string; readonly title: string }[] = [];
  private readonly last = lastUsed()?.thumbprint;
  private isComplete = false;
  private total: number | undefined;
  private chosen: string | undefined;
  private search = '';

  /** `now` is the service's clock, in ms since the epoch. */
  constructor(way: Way, wordings: Wordings, now: () => number) {
    this.way = way;
    this.wordings = wordings;
    this.now = now;
  }

  /** The list as it is shown. One certificate alone is chosen by itself, and so is the last used one. */
  get view(): List {
    const items = inOrder([...this.items.values()]);
    const usable = items.filter(({ verdict }) => verdict === 'usable');
    const chosen = this.chosen ?? usable.find(({ isLastUsed }) => isLastUsed)?.thumbprint;
    const only = this.isComplete && usable.length === 1 ? usable[0]?.thumbprint : undefined;
    const choice = chosen ?? only;
    return {
      kind: 'certificates',
      ...{ way: this.way, items, unread: this.unread, isComplete: this.isComplete, search: this.search },
      ...{ troubles: this.troubles, now: this.now() },
      ...(this.total === undefined ? {} : { total: this.total }),
      ...(choice === undefined ? {} : { chosen: choice }),
    };
  }

  /** Whether nothing was found, not even what cannot be used. */
  get isEmpty(): boolean {
    return this.items.size + this.unread.length === 0;
  }

  choose(thumbprint: string): void {
    this.chosen = thumbprint;
  }

  find(search: string): void {
    this.search = search;
  }

  complete(): void {
    this.isComplete = true;
  }

  /** Where the plug-in has it. */
  storedAs(thumbprint: string): StoredCertificate | undefined {
    return this.stored.get(thumbprint);
  }

  /** What the agent has found so far. */
  async addFromAgent(items: readonly CertificateItem[], troubles: readonly ModuleTrouble[]): Promise<void> {
    for (const { module: name, code } of troubles) {
      const title = this.wordings.title(code);
      const isKnown = this.troubles.some((each) => each.name === name && each.title === title);
      if (!isKnown) this.troubles.push({ name, title });
    }
    for (const { thumbprint, der, place, usable } of items) {
      const octets = fromBase64(der);
      const certificate = octets && (await found(octets));
      if (certificate === undefined || certificate.thumbprint !== thumbprint) this.addUnread();
      else this.add(certificate, agentPlace(place), usable === true ? undefined : usable.code);
    }
  }

  /** Reads a certificate of the plug-in's; what is judged later is for `judge`. */
  async addFromPlugin(
    certificate: StoredCertificate | undefined,
    total: number,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    this.total = total;
    const octets = certificate && (await exported(certificate, signal));
    const read = octets && (await found(octets));
    if (certificate === undefined || read === undefined) {
      this.addUnread();
      return undefined;
    }
    this.stored.set(read.thumbprint, certificate);
    const place: ShownPlace = { kind: certificate.isOnToken ? 'token' : 'store' };
    this.add(read, place, undefined);
    if (this.items.get(read.thumbprint)?.verdict !== 'usable') return undefined;
    this.change(read.thumbprint, { verdict: 'judging' });
    return read.thumbprint;
  }

  /** Looks, alone and with a limit, whether the key of a certificate is there and where it lies. */
  async judge(thumbprint: string, signal: AbortSignal): Promise<void> {
    const certificate = this.stored.get(thumbprint);
    if (certificate === undefined) return;
    const isThere = await hasKey(certificate, signal);
    if (isThere === false) {
      this.change(thumbprint, { verdict: this.verdict('key_not_found') });
      return;
    }
    this.change(thumbprint, { verdict: 'usable' });
    this.change(thumbprint, { place: await placeOf(certificate, signal) });
  }

  private add(certificate: FoundCertificate, place: ShownPlace, code: string | undefined): void {
    const { thumbprint, read } = certificate;
    const why = code ?? fault(read, this.now());
    const verdict = why === undefined ? 'usable' : this.verdict(why);
    // One certificate may lie in two places; one in which it can be used counts.
    if (this.items.get(thumbprint)?.verdict === 'usable' && verdict !== 'usable') return;
    this.items.set(thumbprint, shown(certificate, place, verdict, thumbprint === this.last));
  }

  private addUnread(): void {
    this.unread.push({
      id: String(this.unread.length),
      title: this.wordings.title('certificate_unreadable'),
    });
  }

  private change(thumbprint: string, part: Partial<ShownCertificate>): void {
    const item = this.items.get(thumbprint);
    if (item !== undefined) this.items.set(thumbprint, { ...item, ...part });
  }

  private verdict(code: string): { readonly code: string; readonly title: string } {
    return { code, title: this.wordings.title(code) };
  }
}

function agentPlace({ kind, label, serial }: CertificateItem['place']): ShownPlace {
  return {
    kind,
    ...(label === '' ? {} : { label }),
    ...(serial === undefined || serial === '' ? {} : { serial }),
  };
}
