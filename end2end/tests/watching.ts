import type { Page, Request } from "@playwright/test";

/** Everything that the browser complains about, and every request that goes elsewhere. */
export function watch(page: Page, origin: string): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin) complaints.push(request.url());
  });
  return complaints;
}

/** The requests whose path begins so. */
export function count(page: Page, path: string): Request[] {
  const requests: Request[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.startsWith(path)) requests.push(request);
  });
  return requests;
}
