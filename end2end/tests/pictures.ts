import { fileURLToPath } from "node:url";

/** Where the set-up serves the fixtures. The server under test must be allowed to fetch from there. */
export const PICTURES = "http://127.0.0.1:2019";

/** The path of a fixture. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}
