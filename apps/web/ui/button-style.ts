const shape =
  "inline-flex min-h-11 items-center justify-center rounded-control px-4 text-body font-medium transition-colors aria-disabled:cursor-progress aria-disabled:opacity-60";

const small =
  "inline-flex min-h-9 items-center whitespace-nowrap rounded-md px-2 text-small font-medium transition-colors hover:underline aria-disabled:cursor-progress aria-disabled:opacity-60";

/** One look for buttons and for links that act like them. */
export const buttonStyle = {
  primary: `${shape} bg-accent text-on-accent hover:bg-accent-strong`,
  secondary: `${shape} border border-edge bg-surface hover:border-ink`,
  quiet: `${small} text-quiet hover:text-ink`,
  alarm: `${small} text-alarm`,
  danger: `${shape} bg-alarm text-surface hover:opacity-90`,
  onInk: `${small} text-page underline underline-offset-4`,
};
