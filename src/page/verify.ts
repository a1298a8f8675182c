import { element } from '../markup/element.ts';
import { toNode } from '../markup/node.ts';

/** Adds to the page of verification: files can be dropped on it, and are listed; what it waits for is said. */
const form = document.getElementById('files');
if (form instanceof HTMLFormElement) enhance(form);
const print = document.getElementById('print');
if (print !== null) {
  print.hidden = false;
  print.addEventListener('click', () => window.print());
}

function enhance(form: HTMLFormElement): void {
  const field = form.querySelector('#drop');
  const input = form.querySelector('input');
  const list = form.querySelector('#chosen');
  if (field === null || input === null || list === null) return;
  show('drop-hint');
  addEventListener('dragover', (event) => {
    event.preventDefault();
    field.classList.add('over');
  });
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) field.classList.remove('over');
  });
  // Anywhere on the page: a file that misses the field would otherwise be opened in its place.
  addEventListener('drop', (event) => {
    event.preventDefault();
    field.classList.remove('over');
    if (event.dataTransfer === null || event.dataTransfer.files.length === 0) return;
    input.files = event.dataTransfer.files;
    listFiles(input, list);
  });
  input.addEventListener('change', () => listFiles(input, list));
  form.addEventListener('submit', () => {
    show('checking');
    form.querySelector('button')?.setAttribute('disabled', '');
  });
  // A page that the browser had put aside waits for nothing any more.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}

function listFiles({ files }: HTMLInputElement, list: Element): void {
  const names = [...(files ?? [])].map(({ name }) => toNode(element('li', {}, name)));
  list.replaceChildren(...names);
  list.toggleAttribute('hidden', names.length < 2);
}

function show(id: string): void {
  document.getElementById(id)?.removeAttribute('hidden');
}
