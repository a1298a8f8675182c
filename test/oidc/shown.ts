/** The page of a portal: who is signed in, and a button that signs out. */
export function shown(name: unknown): string {
  return `<!doctype html><title>Portal</title><p id="who">${String(name ?? 'nobody')}</p>
<form method="post" action="/sign-in/out"><button id="out">Out</button></form>`;
}
