import * as z from "zod";

/** Characters are code points, as JSON Schema counts them, not UTF-16 units. */
const hasAtMost = (maximum: number) => (value: string) => [...value].length <= maximum;

/** PostgreSQL stores neither. */
const isStorable = (value: string) => value.isWellFormed() && !value.includes("\0");
const storable = "Must not contain NUL or lone surrogates";

const title = z
  .string()
  .trim()
  .min(1, "Must not be empty")
  .refine(hasAtMost(200), "Must have at most 200 characters")
  .refine(isStorable, storable)
  .meta({ maxLength: 200, description: "White space around it is removed.", example: "Buy milk" });

const description = z
  .string()
  .refine(hasAtMost(2_000), "Must have at most 2000 characters")
  .refine(isStorable, storable)
  .meta({ maxLength: 2_000, example: "Two litres" });

const completed = z.boolean();

/** A day in somebody's calendar, wherever they are: no time, no zone. There was no year 0. */
const date = z.iso.date("Must be a date, as 2026-12-31").refine((text) => !text.startsWith("0000"));

const dueOn = date.nullable().meta({ example: "2026-12-31" });

/** A task on the wire. */
export const task = z
  .strictObject({
    id: z.uuidv7(),
    title,
    description,
    completed,
    due_on: dueOn,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "Task" });
export type Task = z.output<typeof task>;

export const taskPage = z
  .strictObject({
    tasks: z.array(task),
    next_cursor: z.string().nullable().meta({ description: "Null on the last page." }),
  })
  .meta({ id: "TaskPage" });
export type TaskPage = z.output<typeof taskPage>;

/** The body of POST and PUT: what is left out takes its default. */
export const newTask = z
  .strictObject({
    title,
    description: description.default(""),
    completed: completed.default(false),
    due_on: dueOn.default(null),
  })
  .meta({ id: "NewTask" });
export type NewTask = z.output<typeof newTask>;

/** The body of PATCH: what is left out stays. */
export const taskChanges = z
  .strictObject({ title, description, completed, due_on: dueOn })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, "Must change at least one field")
  .meta({ id: "TaskChanges", minProperties: 1 });
export type TaskChanges = z.output<typeof taskChanges>;

/** The body of PATCH …/complete, which sets and does not toggle: none at all means true. */
export const completion = z
  .strictObject({ completed })
  .default({ completed: true })
  .meta({ id: "Completion" });

export const taskQuery = z.object({
  status: z.enum(["all", "open", "completed", "overdue"]).default("all").meta({
    description: "Overdue is what is not completed and was due before today.",
  }),
  today: date.optional().meta({
    description: "The date where the caller is, for what is overdue; UTC's if it is left out.",
  }),
  q: z
    .string()
    .trim()
    .refine(hasAtMost(200), "Must have at most 200 characters")
    .refine(isStorable, storable)
    .optional()
    .meta({
      maxLength: 200,
      description:
        "Part of the title or of the description, in capitals or not. White space around it is removed; when nothing is left, it is as if left out.",
    }),
  limit: z
    .string()
    .refine((text) => /^([1-9]\d?|100)$/.test(text), "Must be a whole number from 1 to 100")
    .transform(Number)
    .default(50)
    .meta({ override: { type: "integer", minimum: 1, maximum: 100, default: 50 } }),
  cursor: z.string().optional().meta({ description: "`next_cursor` of the page before." }),
});
export type TaskQuery = z.output<typeof taskQuery>;
