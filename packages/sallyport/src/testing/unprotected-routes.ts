/** A method and a path as a client would call it, parameters filled in: `["GET", "/api/x/tasks"]`. */
export type Route = readonly [method: string, path: string];

/**
 * Calls each route without any credential, and lists those that answered anything but 401: the
 * ones that the guard does not stand before. A test that compares the list with the routes that
 * are meant to be public fails as soon as somebody adds a route and forgets its protection.
 *
 * @param origin where the backend listens: `http://127.0.0.1:8000`
 */
export async function unprotectedRoutes(
  origin: string,
  routes: readonly Route[],
): Promise<Route[]> {
  const answers = await Promise.all(
    routes.map(async (route) => {
      const [method, path] = route;
      const response = await fetch(new URL(path, origin), { method, redirect: "manual" });
      await response.body?.cancel();
      return { route, status: response.status };
    }),
  );
  return answers.filter(({ status }) => status !== 401).map(({ route }) => route);
}
