import type { TaskStatus, TaskView } from "./task-view.ts";

const invitations: Record<TaskStatus, { title: string; text: string }> = {
  all: {
    title: "A clean slate",
    text: "Write down the first thing you want to get done, in the field above.",
  },
  open: { title: "All done", text: "Nothing is open. Enjoy it, or add something new above." },
  completed: { title: "Nothing done yet", text: "Tasks you tick off are kept here." },
  overdue: { title: "Nothing overdue", text: "Tasks whose day has passed would be here." },
};

const notFound = {
  title: "Nothing found",
  text: "No task here has these words in its title or description.",
};

export function EmptyList({ view: { status, q } }: { view: TaskView }) {
  const { title, text } = q === "" ? invitations[status] : notFound;
  return (
    <div className="rounded-card border border-dashed border-edge px-6 py-12 text-center">
      <p className="font-semibold">{title}</p>
      <p className="mx-auto mt-1.5 max-w-xs text-body text-quiet">{text}</p>
    </div>
  );
}
