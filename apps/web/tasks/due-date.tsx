import { differenceInCalendarDays, isSameYear, parseISO } from "date-fns";

const inThisYear = new Intl.DateTimeFormat("en-GB", {
  weekday: "long",
  day: "numeric",
  month: "long",
});
const inAnotherYear = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
});

interface DueDateProps {
  /** `YYYY-MM-DD`, both. */
  dueOn: string;
  today: string;
  isCompleted: boolean;
}

/** In words, as one says it today. */
export function DueDate({ dueOn, today, isCompleted }: DueDateProps) {
  const isOverdue = !isCompleted && dueOn < today;
  return (
    <time
      dateTime={dueOn}
      className={`text-small ${isOverdue ? "font-medium text-alarm" : "text-quiet"}`}
    >
      {isOverdue ? "Overdue: " : "Due "}
      {dayInWords(parseISO(dueOn), parseISO(today))}
    </time>
  );
}

function dayInWords(day: Date, today: Date): string {
  switch (differenceInCalendarDays(day, today)) {
    case -1:
      return "yesterday";
    case 0:
      return "today";
    case 1:
      return "tomorrow";
    default:
      return (isSameYear(day, today) ? inThisYear : inAnotherYear).format(day);
  }
}
