import { SiteHeader } from "../ui/site-header.tsx";
import { SessionRenewal } from "./session-renewal.tsx";
import { SignOutButton } from "./sign-out-button.tsx";

const pages = [
  { name: "tasks", label: "Tasks", href: "/dashboard" },
  { name: "account", label: "Account", href: "/account" },
] as const;

interface SignedInHeaderProps {
  email: string;
  /** The page that it stands on. */
  current: (typeof pages)[number]["name"];
}

export function SignedInHeader({ email, current }: SignedInHeaderProps) {
  return (
    <SiteHeader>
      <nav aria-label="Pages" className="mr-auto flex shrink-0 gap-1">
        {pages.map(({ name, label, href }) => (
          <a
            key={name}
            href={href}
            aria-current={name === current ? "page" : undefined}
            className="inline-flex min-h-9 items-center rounded-md px-2 text-small font-medium text-quiet transition-colors hover:text-ink aria-[current=page]:text-ink aria-[current=page]:underline aria-[current=page]:decoration-accent aria-[current=page]:decoration-2 aria-[current=page]:underline-offset-8"
          >
            {label}
          </a>
        ))}
      </nav>
      <div className="flex min-w-0 items-center gap-2">
        <p className="hidden truncate text-small text-quiet sm:block">{email}</p>
        <SignOutButton />
      </div>
      <SessionRenewal />
    </SiteHeader>
  );
}
