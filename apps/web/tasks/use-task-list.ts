"use client";

import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
} from "@tanstack/react-query";
import type { Task, TaskPage } from "./task.ts";
import { withAnswer } from "./task-changes.ts";
import type { TaskClient, TaskResult } from "./task-client.ts";
import type { TaskFailure } from "./task-failure.ts";
import type { TaskView } from "./task-view.ts";

/** What another tab has just changed is in the list already. */
const FRESH_MS = 1_000;
/** How soon a list that could not be read is asked for again. */
const RETRY_MS = 5_000;

const queryKey = ["tasks"];

/** Why a list could not be read. */
class Unreadable extends Error {
  readonly failure: TaskFailure;
  constructor(failure: TaskFailure) {
    super(failure.kind);
    this.failure = failure;
  }
}

interface TaskListOptions {
  client: TaskClient;
  view: TaskView;
  today: string;
  /** What the server has read for the page's first HTML, and of which view. */
  first: { view: TaskView; page: TaskResult<TaskPage> };
}

/** The tasks of a view as the api has them, read page by page, and again when one comes back. */
export function useTaskList({ client, view, today, first }: TaskListOptions) {
  const { status, q } = view;
  const isFirst = status === first.view.status && q === first.view.q;
  const query = useInfiniteQuery({
    queryKey: [...queryKey, status, q, status === "overdue" ? today : ""],
    initialPageParam: undefined,
    async queryFn({ pageParam: cursor }: { pageParam: string | undefined }) {
      const result = await client.list({ status, q, today, cursor });
      if (!result.ok) throw new Unreadable(result.failure);
      return result.value;
    },
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    ...(isFirst &&
      first.page.ok && { initialData: { pages: [first.page.value], pageParams: [undefined] } }),
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    refetchInterval: ({ state }) => (state.status === "error" ? RETRY_MS : false),
  });
  const { data, error, isPlaceholderData, isFetching } = query;
  const firstFailure = data === undefined && !first.page.ok ? first.page.failure : undefined;
  return {
    /** Undefined until the api has answered once. */
    tasks: data?.pages.flatMap(({ tasks }) => tasks),
    isWaiting: isPlaceholderData || query.isFetchingNextPage || (data === undefined && isFetching),
    failure: error instanceof Unreadable ? error.failure : firstFailure,
    hasMore: query.hasNextPage && !isPlaceholderData,
    loadMore: query.fetchNextPage,
    reload: query.refetch,
  };
}

/** When no list is being read: what is on its way may be from before a change, and comes last. */
export function listsAtRest(lists: QueryClient): Promise<void> {
  return new Promise((resolve) => {
    const stop = lists.getQueryCache().subscribe(look);
    function look() {
      if (lists.isFetching({ queryKey }) > 0) return;
      stop();
      resolve();
    }
    look();
  });
}

/** What the api says that a task is now, in all lists that have been read; undefined: it is gone. */
export function enterAnswer(lists: QueryClient, id: string, answer: Task | undefined): void {
  lists.setQueriesData<InfiniteData<TaskPage>>(
    { queryKey },
    (data) => data && { ...data, pages: withAnswer(data.pages, id, answer) },
  );
}

/** Reads the lists again that are shown, and the others once they are. */
export function distrustLists(lists: QueryClient): void {
  void lists.invalidateQueries({ queryKey });
}
