import type { Language } from '../failure/failure.ts';
import { shownTime } from '../markup/format.ts';
import { byId, toNode } from '../markup/node.ts';
import type { PageFacts, View } from '../sign-in/view/model.ts';
import { panel } from '../sign-in/view/panel.ts';

/** The part of the page that changes. */
export class Screen {
  private readonly facts: PageFacts;
  private readonly panel = byId('panel');
  private shown: View | undefined;

  constructor(facts: PageFacts) {
    this.facts = facts;
    setInterval(() => this.tick(), 1_000);
  }

  get view(): View | undefined {
    return this.shown;
  }

  /**
   * Shows a view. Where it is of another kind, focus goes to its heading, so that it is read aloud; where it is the
   * same that has changed, focus and what was folded open stay.
   */
  show(view: View, options: { readonly keepFocus?: boolean } = {}): void {
    const isSame = this.shown?.kind === view.kind;
    const focused = document.activeElement;
    const caret =
      focused instanceof HTMLInputElement && focused.type === 'search' ? focused.selectionStart : null;
    const open = [...this.panel.querySelectorAll('details[open][id]')].map(({ id }) => id);
    this.shown = view;
    const built = document.createDocumentFragment();
    built.append(...panel(view, this.facts).map(toNode));
    this.keepFile(built, isSame);
    this.panel.replaceChildren(built);
    showLocalTimes(this.panel, this.facts.language);
    if (isSame) {
      for (const id of open) document.getElementById(id)?.setAttribute('open', '');
      const again = focused?.id ? document.getElementById(focused.id) : null;
      again?.focus({ preventScroll: true });
      if (again instanceof HTMLInputElement && caret !== null) again.setSelectionRange(caret, caret);
    } else if (options.keepFocus !== true) {
      const heading = this.panel.querySelector<HTMLElement>('#panel-title, #refusal-title');
      heading?.focus({ preventScroll: true });
      heading?.scrollIntoView({ block: 'nearest' });
    }
    this.tick();
  }

  /** A file that was chosen stays chosen: no script can choose it again. */
  private keepFile(built: DocumentFragment, isSame: boolean): void {
    const kept = this.panel.querySelector('#way-file');
    const fresh = built.querySelector('#way-file');
    const hasFile = kept?.querySelector<HTMLInputElement>('#file')?.files?.length === 1;
    if (kept === null || fresh === null || !(isSame || hasFile)) return;
    const [shown, current] = [kept, fresh].map((part) =>
      part.querySelector<HTMLInputElement>('[name=challenge]'),
    );
    if (shown && current) shown.value = current.value;
    fresh.replaceWith(kept);
  }

  /** Says something to whoever listens to the page. */
  announce(text: string): void {
    byId('announcement').textContent = text;
  }

  private tick(): void {
    const elapsed = document.getElementById('elapsed');
    if (this.shown?.kind !== 'waiting' || elapsed === null) return;
    const seconds = Math.max(0, Math.floor((Date.now() - this.shown.since) / 1_000));
    elapsed.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }
}

/** Puts the person's own time in place of the one that the server knew. */
export function showLocalTimes(part: ParentNode, language: Language): void {
  for (const time of part.querySelectorAll('time'))
    time.textContent = shownTime(Date.parse(time.dateTime), language);
}
