/** Has a button copy a text, and say so for a while in the place of its own words. */
export function copyOnClick(button: HTMLElement, text: string, copied: string): void {
  const words = button.textContent;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = copied;
    setTimeout(() => {
      button.textContent = words;
    }, 2000);
  });
}
