/** For a wait of unknown length, at the top edge of the window: nothing moves to make room for it. */
export function ProgressBar({ label }: { label: string }) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      className="fixed inset-x-0 top-0 z-20 h-1 overflow-hidden bg-line"
    >
      <div className="h-full w-1/3 animate-passing bg-accent" />
    </div>
  );
}
