import assert from "node:assert/strict";

export const password = "correct horse battery";

export interface Account {
  userId: string;
  email: string;
  /** `name=value`, ready for a Cookie header. */
  cookie: string;
}

/** Signs up over HTTP, as the browser would. Better Auth allows three of these in ten seconds. */
export async function signUp(webUrl: string, name: string): Promise<Account> {
  const email = `${name}@example.com`;
  const response = await post(webUrl, "/sign-up/email", { name, email, password });
  const { user } = (await response.json()) as { user: { id: string } };
  return { userId: user.id, email, cookie: cookieOf(response) };
}

export async function signIn(webUrl: string, account: Account): Promise<Account> {
  const response = await post(webUrl, "/sign-in/email", { email: account.email, password });
  return { ...account, cookie: cookieOf(response) };
}

export const signOut = (webUrl: string, { cookie }: Account) =>
  post(webUrl, "/sign-out", {}, cookie);

async function post(webUrl: string, path: string, body: object, cookie?: string) {
  const response = await fetch(`${webUrl}/api/auth${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      origin: webUrl,
      ...(cookie === undefined ? {} : { cookie }),
    },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, `POST ${path}`);
  return response;
}

function cookieOf(response: Response): string {
  const cookie = response.headers.getSetCookie()[0]?.split(";")[0];
  assert.ok(cookie);
  return cookie;
}
