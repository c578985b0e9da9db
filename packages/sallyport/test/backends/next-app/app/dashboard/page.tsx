import { requireSession } from "sallyport/next";
import { guard } from "../../guard.ts";

async function save() {
  "use server";
  await requireSession(guard, { signInPath: "/sign-in" });
}

export default async function DashboardPage() {
  const { user } = await requireSession(guard, { signInPath: "/sign-in" });
  return (
    <main>
      <p>Tasks of {user.name}</p>
      <form action={save}>
        <button type="submit">Save</button>
      </form>
    </main>
  );
}
