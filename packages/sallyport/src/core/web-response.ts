import { type Denial, guardedHeaders } from "./denial.ts";

/** A refusal as a Web-standard `Response`. */
export function refusalResponse({ status, headers, body }: Denial): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

/** The same answer, marked as one caller's own. A copy: headers of some responses cannot be set. */
export function guardedResponse(response: Response): Response {
  const guarded = new Response(response.body, response);
  for (const [name, value] of Object.entries(guardedHeaders)) {
    if (name !== "Vary") guarded.headers.set(name, value);
    // A second guard adds nothing.
    else if (!guarded.headers.get(name)?.includes(value)) guarded.headers.append(name, value);
  }
  return guarded;
}
