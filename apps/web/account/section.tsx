import { type ReactNode, useId } from "react";

interface SectionProps {
  title: string;
  /** Takes the focus when what had it is gone. */
  headingRef?: React.Ref<HTMLHeadingElement>;
  children: ReactNode;
}

/** A part of the account page. */
export function Section({ title, headingRef, children }: SectionProps) {
  const titleId = useId();
  return (
    <section
      aria-labelledby={titleId}
      className="rounded-card border border-line bg-surface p-5 sm:p-7"
    >
      <h2 id={titleId} ref={headingRef} tabIndex={-1} className="mb-4 text-lead font-semibold">
        {title}
      </h2>
      {children}
    </section>
  );
}
