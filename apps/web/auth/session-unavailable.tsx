import { buttonStyle } from "../ui/button-style.ts";
import { MessagePage } from "../ui/message-page.tsx";

/** Stands in for the page at `path`, which the retry asks for again. */
export function SessionUnavailable({ path }: { path: string }) {
  return (
    <MessagePage
      title="We cannot check who you are right now"
      text="The sign-in service does not answer. You have not been signed out, and nothing is lost. Try again in a moment."
    >
      <a href={path} className={buttonStyle.primary}>
        Try again
      </a>
    </MessagePage>
  );
}
