import { giveWay, Share } from '../budget/slices.ts';

/**
 * Does `act` for each of `all`, at most `atOnce` at the same time, in their order; what does not wait for anything
 * lets everybody else have their turn in between. `failed` is told what one rejects with; the others are done all the
 * same.
 */
export async function sideBySide<T>(
  all: Iterable<T>,
  atOnce: number,
  act: (each: T) => Promise<unknown>,
  failed: (error: unknown) => void,
): Promise<void> {
  const rest = all[Symbol.iterator]();
  const worker = async () => {
    const share = new Share();
    for (let next = rest.next(); next.done !== true; next = rest.next()) {
      try {
        await act(next.value);
      } catch (error) {
        failed(error);
      }
      await giveWay(share);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
