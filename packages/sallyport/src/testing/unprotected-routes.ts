/** A method and a path as a client would call it, parameters filled in: `["GET", "/api/x/tasks"]`. */
export type Route = readonly [method: string, path: string];

const deadlineMs = 10_000;

/**
 * Calls each route without any credential, and lists those that the guard did not refuse for want
 * of one (`credentials_missing`). A test that compares the list with the routes that are meant to
 * be public fails as soon as somebody adds a route and forgets its protection.
 *
 * A route that does not answer within 10 seconds is on the list. Rejects for methods that `fetch`
 * cannot send (CONNECT, TRACE), and when nobody listens.
 *
 * @param origin where the backend listens: `http://127.0.0.1:8000`
 */
export async function unprotectedRoutes(
  origin: string,
  routes: readonly Route[],
): Promise<Route[]> {
  const refused = await Promise.all(routes.map((route) => isRefused(origin, route)));
  return routes.filter((_, index) => !refused[index]);
}

async function isRefused(origin: string, [method, path]: Route): Promise<boolean> {
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const response = await fetch(new URL(path, origin), { method, redirect: "manual", signal });
    if (response.status !== 401) {
      await response.body?.cancel();
      return false;
    }
    const text = await response.text();
    // An answer to HEAD has no body to tell whose 401 it is.
    return method === "HEAD" || text.includes('"error_code":"credentials_missing"');
  } catch (cause) {
    if (signal.aborted) return false;
    throw cause;
  }
}
