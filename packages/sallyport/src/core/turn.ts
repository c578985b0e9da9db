// As it is when this is loaded: tests put clocks of their own in its place, which stand still.
const { setImmediate } = globalThis;

/** Calls back once this turn of the event loop is over. */
export function afterTurn(callback: () => void): void {
  setImmediate(callback);
}

let ending: Promise<void> | undefined;

/**
 * When this turn of the event loop is over: the same moment for all who ask in it. What came in
 * together is then answered together, and one client that is woken once reads it all: to wake it
 * for each answer costs more than to verify a token.
 */
export function endOfTurn(): Promise<void> {
  ending ??= new Promise((resolve) => {
    afterTurn(() => {
      ending = undefined;
      resolve();
    });
  });
  return ending;
}
