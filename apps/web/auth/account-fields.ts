import * as v from "valibot";

/** What each field of an account may hold. Better Auth judges again, by the same rules. */
export const accountFields = {
  name: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, "Enter your name."),
    v.maxLength(200, "A name has at most 200 characters."),
  ),
  email: v.pipe(
    v.string(),
    v.trim(),
    v.email("Enter your e-mail address, such as you@example.com."),
  ),
  password: v.pipe(v.string(), v.minLength(1, "Enter your password.")),
  newPassword: v.pipe(
    v.string(),
    v.minLength(8, "Choose a password of at least 8 characters."),
    v.maxLength(128, "Choose at most 128 characters."),
  ),
};
