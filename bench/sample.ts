import * as z from "zod";

/** One row, measured once at one number of connections. */
export const sampleSchema = z.object({
  /** All that were answered with 200, those before and after the counted time included. */
  answers: z.number(),
  /** All that were answered with something else. */
  refused: z.number(),
  countedMs: z.number(),
  /** Of those counted. */
  latenciesMicroseconds: z.array(z.number()),
});

export type Sample = z.infer<typeof sampleSchema>;
