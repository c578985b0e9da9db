import type { Metadata, Viewport } from "next";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { TellTimeZone } from "../tasks/tell-time-zone.tsx";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Sallyport", template: "%s · Sallyport" },
  description: "A task list whose every request is checked.",
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f6f6f3" },
    { media: "(prefers-color-scheme: dark)", color: "#131618" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  // A page made at build time could not bear the nonce of its request.
  await connection();
  return (
    <html lang="en">
      <body className="flex min-h-dvh flex-col font-sans antialiased">
        {children}
        <TellTimeZone />
      </body>
    </html>
  );
}
