import { type Denial, guardedHeaders } from "./denial.ts";

/** A refusal as a Web-standard `Response`. */
export function refusalResponse({ status, headers, body }: Denial): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

/** The same answer, marked as one caller's own; copied if its headers cannot be set. */
export function guardedResponse(response: Response): Response {
  try {
    mark(response.headers);
    return response;
  } catch {
    const copy = new Response(response.body, response);
    mark(copy.headers);
    return copy;
  }
}

/** What the answer says of `Vary` is kept; a second guard adds nothing. */
function mark(headers: Headers): void {
  for (const [name, value] of Object.entries(guardedHeaders)) {
    if (name !== "Vary") headers.set(name, value);
    else if (!headers.get(name)?.includes(value)) headers.append(name, value);
  }
}
