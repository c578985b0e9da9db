import type { SecondaryStorage } from "better-auth";

/** As Redis is to Better Auth, save that it forgets nothing by itself. `onRead` may fail a read. */
export function mapStorage(values: Map<string, string>, onRead: () => void): SecondaryStorage {
  const get = (key: string) => {
    onRead();
    return values.get(key) ?? null;
  };
  return {
    get: async (key) => get(key),
    set: async (key, value) => void values.set(key, value),
    delete: async (key) => void values.delete(key),
    async getAndDelete(key) {
      const value = get(key);
      values.delete(key);
      return value;
    },
    async increment(key) {
      const count = Number(get(key)) + 1;
      values.set(key, String(count));
      return count;
    },
  };
}
