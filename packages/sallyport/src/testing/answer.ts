/** What a Better Auth in good health answers; a body is sent as JSON. */
export interface Answer {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: unknown;
}
