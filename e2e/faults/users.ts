import assert from "node:assert/strict";
import * as z from "zod";
import { password } from "../account.ts";
import { ask } from "./ask.ts";

export interface User {
  userId: string;
  cookie: string;
}

const signedUp = z.object({ user: z.object({ id: z.string() }) });

/** Signs up past the proxy, each from an address of its own. */
export async function signUpUsers(
  webUrl: string,
  origin: string,
  count: number,
): Promise<[User, ...User[]]> {
  const users: User[] = [];
  for (let n = 1; n <= count; n += 1) {
    const email = `user-${n}@example.com`;
    const answer = await ask(`${webUrl}/api/auth/sign-up/email`, {
      localAddress: `127.2.0.${n}`,
      headers: { origin },
      body: { name: `User ${n}`, email, password },
    });
    assert.equal(answer.outcome, 200, answer.text);
    const [cookie] = [answer.headers["set-cookie"]].flat();
    assert.ok(cookie);
    const { user } = signedUp.parse(JSON.parse(answer.text));
    users.push({ userId: user.id, cookie: cookie.replace(/;.*/, "") });
  }
  const [first, ...others] = users;
  assert.ok(first);
  return [first, ...others];
}
