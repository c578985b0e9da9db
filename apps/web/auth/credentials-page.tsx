import type { ReactNode } from "react";
import { SiteHeader } from "../ui/site-header.tsx";

interface CredentialsPageProps {
  title: string;
  /** The other page, for whoever came to the wrong one. */
  otherwise: { question: string; href: string; answer: string };
  children: ReactNode;
}

/** Where somebody signs in or up. */
export function CredentialsPage({ title, otherwise, children }: CredentialsPageProps) {
  return (
    <>
      <SiteHeader />
      <main className="mx-auto w-full max-w-md px-4 pt-6 pb-20 sm:pt-14">
        <div className="rounded-card border border-line bg-surface p-5 sm:p-8">
          <h1 className="mb-6 text-title font-semibold tracking-tight">{title}</h1>
          {children}
        </div>
        <p className="mt-6 text-center text-body text-quiet">
          {otherwise.question}{" "}
          <a
            href={otherwise.href}
            className="inline-block rounded-sm py-1 font-medium text-accent underline underline-offset-4 hover:text-accent-strong"
          >
            {otherwise.answer}
          </a>
        </p>
      </main>
    </>
  );
}
