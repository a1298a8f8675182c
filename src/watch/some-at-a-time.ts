const atATime = 8;

/** Asks again about each of what open sessions rest on, some at a time; where one fails, `failed` is told. */
export async function recheckEach<T>(
  all: readonly T[],
  recheck: (each: T) => Promise<void>,
  failed: (error: unknown) => void,
): Promise<void> {
  for (let done = 0; done < all.length; done += atATime) {
    const some = all.slice(done, done + atATime);
    await Promise.all(some.map((each) => recheck(each).catch(failed)));
  }
}
