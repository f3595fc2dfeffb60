/** The half of a session that only these pages hold: the cookie alone, which flows on other ports receive too, is nothing. */
export interface Half {
  read(): string | undefined;
  keep(csrfToken: string): void;
  forget(): void;
}

/** `localStorage`, as far as it is needed here. */
interface KeyedStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const KEY = 'uma-portal-session';

/** Read anew each time: another tab may have signed in or out. Where a browser keeps nothing, it lasts as long as the page. */
export function createHalf(storage: () => KeyedStorage): Half {
  let unkept: string | undefined;
  return {
    read() {
      try {
        return storage().getItem(KEY) ?? unkept;
      } catch {
        return unkept;
      }
    },
    keep(csrfToken) {
      unkept = undefined;
      try {
        storage().setItem(KEY, csrfToken);
      } catch {
        unkept = csrfToken;
      }
    },
    forget() {
      unkept = undefined;
      try {
        storage().removeItem(KEY);
      } catch {
        // Nothing was kept there.
      }
    },
  };
}
