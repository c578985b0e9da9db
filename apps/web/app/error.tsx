"use client";

import { buttonStyle } from "../ui/button-style.ts";
import { MessagePage } from "../ui/message-page.tsx";

export default function ErrorPage() {
  return (
    <MessagePage
      title="This page could not be shown"
      text="Something went wrong on our side. Your tasks are as they were. Try again, and if that does not help, come back a little later."
    >
      <button type="button" className={buttonStyle.primary} onClick={() => location.reload()}>
        Try again
      </button>
      <a href="/" className={buttonStyle.secondary}>
        Start page
      </a>
    </MessagePage>
  );
}
