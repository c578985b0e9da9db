/** What no answer of a backend's may hold, whatever it was asked (ASVS 16.5.1). */
const leakKinds: readonly { name: string; pattern: RegExp }[] = [
  {
    name: "a stack trace",
    pattern:
      /(?:\n|\\n|>)\s*at .{1,200}:\d+:\d+\)?|Traceback \(most recent call last\)|goroutine \d+ \[|\.(?:java|kt|scala):\d+\)|File \\?".{1,200}\\?", line \d+/,
  },
  {
    name: "a path of the server's own files",
    pattern:
      /node_modules\/|\/(?:home|usr|var|root|opt|app|srv)\/[\w.@/-]{1,200}\.(?:js|ts|mjs|cjs|py|rb|go|php|java)\b/,
  },
  {
    name: "words of a database",
    pattern:
      /\b(?:SELECT|DELETE)\b.{1,300}\bFROM\b|\bINSERT INTO\b|\bUPDATE\b.{1,100}\bSET\b|SQLSTATE|SQLITE_\w+|syntax error at or near|violates \S+ \S*constraint|relation \S+ does not exist|Prisma\w*Error/s,
  },
  {
    name: "a secret or where it is kept",
    pattern:
      /BETTER_AUTH_SECRET|DATABASE_URL|\b(?:postgres(?:ql)?|mysql|mongodb|redis)(?:\+\w+)?:\/\/\S+:\S+@|-----BEGIN [A-Z ]*PRIVATE KEY/,
  },
  {
    name: "the address of an inner service",
    pattern: /E(?:CONNREFUSED|NOTFOUND|HOSTUNREACH|AI_AGAIN)\b/,
  },
];

const credentialLeak = "a credential that was sent to it";
export const leakNames: readonly string[] = [...leakKinds.map(({ name }) => name), credentialLeak];

/** The names of what leaks. `credentials` are those that count. */
export function leaksIn(body: string, credentials: readonly string[]): string[] {
  const kinds = leakKinds.filter(({ pattern }) => pattern.test(body)).map(({ name }) => name);
  const isEchoed = credentials.some((text) => text !== "" && body.includes(text));
  return isEchoed ? [...kinds, credentialLeak] : kinds;
}
