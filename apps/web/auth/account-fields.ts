// zod/mini, because this is sent to the browser.
import * as z from "zod/mini";

/** What each field of an account may hold. Better Auth judges again, by the same rules. */
export const accountFields = {
  name: z
    .string()
    .check(
      z.trim(),
      z.minLength(1, "Enter your name."),
      z.maxLength(200, "A name has at most 200 characters."),
    ),
  email: z.string().check(z.trim(), z.email("Enter your e-mail address, such as you@example.com.")),
  password: z.string().check(z.minLength(1, "Enter your password.")),
  newPassword: z
    .string()
    .check(
      z.minLength(8, "Choose a password of at least 8 characters."),
      z.maxLength(128, "Choose at most 128 characters."),
    ),
};
