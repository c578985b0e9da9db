import { protect } from "sallyport/next";
import { guard } from "../../../../guard.ts";

const tasks = protect(
  guard,
  (_, { auth }) => Response.json({ user: auth.user.userId }, { headers: { Vary: "Accept" } }),
  {
    owner: "user_id",
    onDenied: async () => {
      throw new Error("no room for another log line");
    },
  },
);

export {
  tasks as DELETE,
  tasks as GET,
  tasks as OPTIONS,
  tasks as PATCH,
  tasks as POST,
  tasks as PUT,
};
