import type { GatewayStore, Table, TableKind } from '../../lib/store/gateway-store.ts';

type Rows = Map<string, unknown>;

/** A `GatewayStore` in memory: rows are copied in and out, and a transaction that throws leaves nothing behind. */
export function memoryStore(): GatewayStore {
  const tables = new Map<string, Rows>();
  return {
    table<T>(kind: TableKind<T>): Table<T> {
      const rows = (): Rows => tables.get(kind.name) ?? new Map();
      if (!tables.has(kind.name)) tables.set(kind.name, new Map());
      const read = (stored: unknown) => kind.read(structuredClone(stored), kind.version);
      return {
        get: (key) => (rows().has(key) ? read(rows().get(key)) : undefined),
        put: (key, value) => void rows().set(key, structuredClone(value)),
        remove: (key) => void rows().delete(key),
        count: (prefix) => [...rows().keys()].filter((key) => key.startsWith(prefix)).length,
        *entries({ prefix = '', after, limit = Number.POSITIVE_INFINITY, reverse = false } = {}) {
          const keys = [...rows().keys()].filter((key) => key.startsWith(prefix)).sort();
          if (reverse) keys.reverse();
          const rest = keys.filter((key) => after === undefined || (reverse ? key < after : key > after));
          for (const key of rest.slice(0, limit)) yield [key, read(rows().get(key))];
        },
      };
    },
    async transaction(work) {
      const before = [...tables].map(([name, rows]) => [name, new Map(rows)] as const);
      try {
        return work();
      } catch (error) {
        for (const [name, rows] of before) tables.set(name, rows);
        throw error;
      }
    },
    close: async () => {},
  };
}
