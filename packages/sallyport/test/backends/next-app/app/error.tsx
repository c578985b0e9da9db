"use client";

interface ErrorPageProps {
  error: Error & { digest?: string };
}

export default function ErrorPage({ error }: ErrorPageProps) {
  const unavailable = error.digest === "authority_unavailable";
  return (
    <main>
      <p>{unavailable ? "We cannot check who you are right now." : "Something went wrong."}</p>
      <button type="button" onClick={() => location.reload()}>
        Try again
      </button>
    </main>
  );
}
