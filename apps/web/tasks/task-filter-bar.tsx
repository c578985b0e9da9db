import type { TaskFilter } from "./task.ts";

const filters: { value: TaskFilter; label: string }[] = [
  { value: "all", label: "All" },
  { value: "open", label: "Open" },
  { value: "completed", label: "Completed" },
];

interface TaskFilterBarProps {
  filter: TaskFilter;
  isDisabled: boolean;
  onChange: (filter: TaskFilter) => void;
}

export function TaskFilterBar({ filter, isDisabled, onChange }: TaskFilterBarProps) {
  return (
    <fieldset className="flex gap-1">
      <legend className="sr-only">Show</legend>
      {filters.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === filter}
          aria-disabled={isDisabled}
          onClick={() => !isDisabled && value !== filter && onChange(value)}
          className="min-h-10 rounded-control px-3.5 text-small font-medium text-quiet transition-colors hover:text-ink aria-pressed:bg-ink aria-pressed:text-page"
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}
