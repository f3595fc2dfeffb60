/** So many characters has a password; the server refuses a shorter one. */
export const LEAST_PASSWORD = 10;
