"use client";

import type { AuthMode } from "@sallyport/server";
import { useState } from "react";
import { pageTokens } from "../auth/page-tokens.ts";
import { signInPath } from "../auth/return-path.ts";
import { sendFromPage, sendWithToken } from "../tasks/send-to-api.ts";
import { buttonStyle } from "../ui/button-style.ts";
import { FailureText } from "../ui/failure-text.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { usePatience } from "../ui/use-patience.ts";
import { exportTasks } from "./export-tasks.ts";
import { Section } from "./section.tsx";

interface DataSectionProps {
  apiUrl: string;
  authMode: AuthMode;
  userId: string;
}

/** What is kept of somebody, and the ways to it. */
export function DataSection({ apiUrl, authMode, userId }: DataSectionProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [progress, setProgress] = useState("");
  const [hasFailed, setHasFailed] = useState(false);
  const wait = usePatience(isBusy);

  async function download() {
    if (isBusy) return;
    setIsBusy(true);
    setHasFailed(false);
    const exported = await exportTasks({
      apiUrl,
      userId,
      send: authMode === "jwt" ? sendWithToken(pageTokens) : sendFromPage,
      onProgress: (count) => setProgress(`${inWords(count)} so far …`),
    });
    setIsBusy(false);
    if (exported.ok) {
      const at = new Date().toISOString();
      saveFile(`tasks-${at.slice(0, 10)}.json`, { exported_at: at, tasks: exported.tasks });
      setProgress(`Exported ${inWords(exported.tasks.length)}.`);
      return;
    }
    setProgress("");
    if (exported.reason === "signed-out") location.assign(signInPath(location.pathname));
    else setHasFailed(true);
  }

  return (
    <Section title="Your data">
      {wait === "long" && <ProgressBar label="Exporting your tasks" />}
      <p className="-mt-2 mb-5 text-body text-quiet">
        All your tasks as one JSON file. Or read and write them yourself: the page “Try the api”
        speaks to the task api with your own session.
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <button
          type="button"
          aria-disabled={isBusy}
          onClick={download}
          className={buttonStyle.secondary}
        >
          Export tasks
        </button>
        <a
          href={`${apiUrl}/docs?user_id=${encodeURIComponent(userId)}`}
          className={buttonStyle.secondary}
        >
          Try the api
        </a>
        <p role="status" className="text-small text-quiet">
          {progress}
        </p>
      </div>
      {hasFailed && (
        <div className="mt-4">
          <FailureText text="The tasks could not be exported: the task service cannot be reached right now. Nothing was saved. Try again in a moment." />
        </div>
      )}
    </Section>
  );
}

const inWords = (count: number) => (count === 1 ? "1 task" : `${count} tasks`);

function saveFile(name: string, content: object): void {
  const file = new Blob([JSON.stringify(content, null, 2)], { type: "application/json" });
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
