/** Why something did not work. Said at once, when it appears. */
export function FailureText({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p
      role="alert"
      className="rounded-control border border-alarm-line bg-alarm-surface px-3 py-2.5 text-body text-alarm"
    >
      {text}
    </p>
  );
}
