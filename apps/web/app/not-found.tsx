import { buttonStyle } from "../ui/button-style.ts";
import { MessagePage } from "../ui/message-page.tsx";

export default function NotFound() {
  return (
    <MessagePage
      title="There is nothing at this address"
      text="The page may have moved, or the address may be mistyped."
    >
      <a href="/dashboard" className={buttonStyle.primary}>
        Go to your tasks
      </a>
      <a href="/" className={buttonStyle.secondary}>
        Start page
      </a>
    </MessagePage>
  );
}
