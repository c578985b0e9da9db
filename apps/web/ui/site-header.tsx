import type { ReactNode } from "react";

/** `children` stand at the far end. */
export function SiteHeader({ children }: { children?: ReactNode }) {
  return (
    <header className="group/header mx-auto flex w-full max-w-2xl items-center justify-between gap-4 px-gutter py-4">
      <a
        href="/"
        className="flex shrink-0 items-center gap-2.5 rounded-md font-semibold tracking-tight"
      >
        <GateMark />
        {/* A narrow window has no room for it beside the pages' names. */}
        <span className="max-sm:group-has-[nav]/header:sr-only">Sallyport</span>
      </a>
      {children}
    </header>
  );
}

function GateMark() {
  return (
    <svg viewBox="0 0 32 32" className="size-7 shrink-0" aria-hidden="true">
      <rect width="32" height="32" rx="7" className="fill-accent" />
      <g className="stroke-on-accent" fill="none" strokeWidth="2.5" strokeLinecap="round">
        <path d="M8 26V15a8 8 0 0 1 16 0v11M5.5 26h21" />
      </g>
      <path d="M12 26V15.5a4 4 0 0 1 4-4V26z" className="fill-on-accent" />
    </svg>
  );
}
