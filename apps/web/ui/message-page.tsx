import type { ReactNode } from "react";
import { SiteHeader } from "./site-header.tsx";

/** A page that has one thing to say. `children` are the ways on. */
export function MessagePage({
  title,
  text,
  children,
}: {
  title: string;
  text: string;
  children: ReactNode;
}) {
  return (
    <>
      <SiteHeader />
      <main className="mx-auto w-full max-w-2xl px-gutter pt-16 pb-24">
        <h1 className="text-title font-semibold tracking-tight text-balance">{title}</h1>
        <p className="mt-3 max-w-prose leading-relaxed text-quiet">{text}</p>
        <div className="mt-8 flex flex-wrap gap-3">{children}</div>
      </main>
    </>
  );
}
