/** Says on standard output where the service answers: to a program, or to whoever sits at the terminal. */
export function tellAddress(url: string, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify({ url })}\n`);
  else if (process.stdout.isTTY) process.stdout.write(`Sealgate answers at ${url}\n`);
}
