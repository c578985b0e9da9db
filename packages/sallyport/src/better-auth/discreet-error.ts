/** What a database says of a failed statement can have its parameters in it, and gets logged. */
export function discreetError(cause: unknown, tokens: Iterable<string>): Error {
  const words = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new Error([...tokens].reduce((text, token) => text.replaceAll(token, "…"), words));
}
