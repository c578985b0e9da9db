import type { TaskFilter } from "./task.ts";

const invitations: Record<TaskFilter, { title: string; text: string }> = {
  all: {
    title: "A clean slate",
    text: "Write down the first thing you want to get done, in the field above.",
  },
  open: { title: "All done", text: "Nothing is open. Enjoy it, or add something new above." },
  completed: { title: "Nothing completed yet", text: "Tasks you tick off are kept here." },
};

export function EmptyList({ filter }: { filter: TaskFilter }) {
  const { title, text } = invitations[filter];
  return (
    <div className="rounded-card border border-dashed border-edge px-6 py-12 text-center">
      <p className="font-semibold">{title}</p>
      <p className="mx-auto mt-1.5 max-w-xs text-body text-quiet">{text}</p>
    </div>
  );
}
