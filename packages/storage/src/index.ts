export { type AppDatabase, type MovedTable, moveToPostgres } from "./move-to-postgres.ts";
export { openStorage, type Storage, type StorageOptions } from "./open-storage.ts";
export { isUnavailable, isValueRefused } from "./unavailable.ts";
