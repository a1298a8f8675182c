import { byId } from '../markup/node.ts';
import type { PageWords } from '../sign-in/words/words.ts';

/** Lets the field for a file take one that is dropped on it, and says its name. */
export function takeDroppedFiles(panel: HTMLElement, { fileSteps }: PageWords): void {
  const fieldOf = ({ target }: Event) => (target instanceof Element ? target.closest('#drop') : null);
  panel.addEventListener('dragover', (event) => {
    const field = fieldOf(event);
    if (field === null) return;
    event.preventDefault();
    field.classList.add('over');
  });
  panel.addEventListener('dragleave', (event) => fieldOf(event)?.classList.remove('over'));
  panel.addEventListener('drop', (event) => {
    const field = fieldOf(event);
    const input = field?.querySelector('input');
    if (!field || !input) return;
    event.preventDefault();
    field.classList.remove('over');
    if (event.dataTransfer?.files.length !== 1) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
  panel.addEventListener('change', ({ target }) => {
    const name =
      target instanceof HTMLInputElement && target.type === 'file' ? target.files?.[0]?.name : undefined;
    if (name !== undefined) byId('drop-hint').textContent = fileSteps.dropped(name);
  });
}
