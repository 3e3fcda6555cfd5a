import type { CDPSession, Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import type { ModelPage } from "./model-page";

/** Loads a page and says how many bytes came over the wire, by path. */
async function transferred(model: ModelPage, path: string): Promise<Map<string, number>> {
  const session: CDPSession = await model.page.context().newCDPSession(model.page);
  await session.send("Network.enable");
  const paths = new Map<string, string>();
  const bytes = new Map<string, number>();
  session.on("Network.requestWillBeSent", ({ requestId, request }) => paths.set(requestId, new URL(request.url).pathname));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const path = paths.get(requestId) ?? "";
    if (encodedDataLength > 0) bytes.set(path, (bytes.get(path) ?? 0) + encodedDataLength);
  });
  await model.open(path);
  await model.page.waitForLoadState("networkidle");
  await session.detach();
  return bytes;
}

function sum(bytes: Map<string, number>, fits = /./): number {
  return [...bytes].reduce((sum, [path, size]) => sum + (fits.test(path) ? size : 0), 0);
}

async function isRelease(page: Page): Promise<boolean> {
  const html = await (await page.request.get("/")).text();
  const wasm = html.match(/\/pkg\/[^"' ]+\.wasm/)?.[0] ?? "";
  const file = await page.request.get(wasm, { headers: { "accept-encoding": "identity" } });
  return (await file.body()).length < 2_000_000;
}

test("the first visit is light (of a release build only)", async ({ model, page }) => {
  test.skip(!(await isRelease(page)), "debug builds are several times as large");
  const bytes = await transferred(model, "/vgg");
  console.log(Object.fromEntries(bytes), "in all", sum(bytes));
  expect(sum(bytes, /\.(js|wasm)$/)).toBeLessThanOrEqual(250_000);
  expect(sum(bytes)).toBeLessThanOrEqual(300_000);
});

test("the second visit transfers the page alone", async ({ model }) => {
  await transferred(model, "/vgg");
  const again = await transferred(model, "/vgg");
  expect([...again.keys()]).toEqual(["/vgg"]);
});

test("files with a hash in their name are kept for ever", async ({ page }) => {
  const html = await (await page.request.get("/vgg")).text();
  const files = new Set(html.match(/\/pkg\/[^"' )]+\.(js|wasm|css)/g));
  expect([...files].map((it) => it.split(".").pop()).sort()).toEqual(["css", "js", "wasm"]);
  for (const file of files) {
    expect(file).toMatch(/vitrine\.[\w-]{22}\./);
    const response = await page.request.get(file);
    expect(response.headers()["cache-control"]).toBe("public, max-age=31536000, immutable");
  }
});
