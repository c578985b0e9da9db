/** Where tasks will be, when they take a moment. */
export function TaskSkeleton() {
  return (
    <div
      aria-hidden="true"
      className="task-skeleton divide-y divide-line overflow-hidden rounded-card border border-line bg-surface"
    >
      {["w-2/3", "w-1/2", "w-3/5"].map((width) => (
        <div key={width} className="flex items-center gap-3 px-4 py-5 sm:px-5">
          <div className="size-5 rounded-sm bg-line" />
          <div className={`h-4 rounded-sm bg-line ${width}`} />
        </div>
      ))}
    </div>
  );
}
