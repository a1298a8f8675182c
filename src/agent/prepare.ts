/**
 * Loads all that the agent loads sooner or later, so that Node keeps it compiled (NODE_COMPILE_CACHE): an agent that
 * finds it does not need the compiler of TypeScript, which takes a third of its memory.
 */
export async function prepare(): Promise<void> {
  await import('./run.ts');
  await import('./care/care.ts');
  await import('./care/found-token.ts');
  await import('./care/order.ts');
  await import('./view/token.ts');
  await import('./key/key-files.ts');
  await import('./key/search.ts');
  await import('./key/sign.ts');
}
