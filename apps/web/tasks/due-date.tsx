import { differenceInCalendarDays, format, isSameYear, parseISO } from "date-fns";

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
      return format(day, isSameYear(day, today) ? "EEEE, d MMMM" : "d MMMM yyyy");
  }
}
