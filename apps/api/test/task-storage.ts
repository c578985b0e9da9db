import { openStorage, type Storage } from "@sallyport/storage";
import type { testEngines } from "@sallyport/storage/testing";
import { migrations } from "../src/migrations.ts";
import {
  createTaskRepository,
  type TaskDatabase,
  type TaskRepository,
} from "../src/task-repository.ts";

export interface TaskStorage {
  db: Storage<TaskDatabase>["db"];
  tasks: TaskRepository;
  close(): Promise<void>;
}

/** A repository on a new database of this engine. */
export async function openTaskStorage(engine: (typeof testEngines)[number]): Promise<TaskStorage> {
  const database = await engine.create();
  const { db, close } = await openStorage<TaskDatabase>({
    ...database,
    schema: "tasks",
    migrations,
  });
  return {
    db,
    tasks: createTaskRepository(db),
    async close() {
      await close();
      await database.drop();
    },
  };
}
