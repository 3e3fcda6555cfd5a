import type { Page, Request } from "@playwright/test";
import { expect, test } from "./fixtures";
import { PICTURES, fixture } from "./pictures";

/** Everything that the browser complains about, and every request that goes elsewhere. */
function watch(page: Page, origin: string) {
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

function count(page: Page, path: string) {
  const requests: Request[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.startsWith(path)) requests.push(request);
  });
  return requests;
}

test("the browser has nothing to complain about", async ({ model, page, baseURL }) => {
  const complaints = watch(page, new URL(baseURL ?? "").origin);
  await model.open("/");
  await page.locator('main a[href="/flags"]').click();
  await model.examples.first().click();
  await model.labels();
  await model.sendFile(fixture("japan.jpg"));
  await expect(model.answer.getByText("japan.jpg")).toBeVisible();
  await model.open("/vgg");
  await model.sendAddress(`${PICTURES}/japan.jpg`);
  await model.labels();
  expect(complaints).toEqual([]);
});

test("an answer comes without a reload, and is asked for once", async ({ model, page }) => {
  const asked = count(page, "/api/classify_");
  await model.open("/flags");
  await page.evaluate(() => Object.assign(window, { same: true }));
  await model.examples.first().click();
  await model.labels();
  expect(await page.evaluate(() => "same" in window)).toBe(true);
  expect(asked).toHaveLength(1);
});

test("the address bar follows what is classified", async ({ model, page }) => {
  await model.open("/flags");
  const file = await model.examples.first().getAttribute("value");
  await model.examples.first().click();
  await model.labels();
  await expect(page).toHaveURL(`/flags?example=${file}`);
  await model.sendFile(fixture("japan.jpg"));
  await expect(page).toHaveURL("/flags");
  await model.sendAddress(`${PICTURES}/japan.jpg`);
  await expect(page).toHaveURL(`/flags?url=${encodeURIComponent(`${PICTURES}/japan.jpg`)}`);
  await model.labels();
  const asked = count(page, "/api/classify_");
  await page.reload();
  await model.labels();
  expect(asked).toHaveLength(0);
});

test("the page is busy while it waits", async ({ model, page }) => {
  let proceed = () => {};
  const held = new Promise<void>((resolve) => {
    proceed = resolve;
  });
  await page.route("**/api/classify_example", async (route) => {
    await held;
    await route.continue();
  });
  await model.open("/flags");
  await expect(model.answer).toHaveAttribute("aria-busy", "false");
  await model.examples.first().click();
  await expect(model.answer).toHaveAttribute("aria-busy", "true");
  await expect(model.submit).toHaveText("Classifying …");
  proceed();
  await model.labels();
  await expect(model.answer).toHaveAttribute("aria-busy", "false");
  await expect(model.submit).toHaveText("Classify");
  await expect(model.answer.getByRole("status")).toHaveText(/^Most probably .+, \d+\.\d%\.$/);
});

test("the newest question wins", async ({ model, page }) => {
  let first = true;
  await page.route("**/api/classify_example", async (route) => {
    if (first) {
      first = false;
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    }
    await route.continue().catch(() => {});
  });
  await model.open("/flags");
  const second = (await model.examples.nth(1).innerText()).trim();
  await model.examples.nth(0).click();
  await model.examples.nth(1).click();
  await model.labels();
  await expect(model.answer.getByText(second)).toBeVisible();
  await page.waitForTimeout(2_000);
  await expect(model.answer.getByText(second)).toBeVisible();
});

test("there is one picture at a time", async ({ model }) => {
  await model.open("/flags");
  await model.address.fill(`${PICTURES}/japan.jpg`);
  await model.file.setInputFiles(fixture("japan.jpg"));
  await expect(model.address).toHaveValue("");
  await model.address.fill(`${PICTURES}/japan.jpg`);
  await expect(model.file).toHaveValue("");
});

test("a server that is gone is a problem with words", async ({ model, page }) => {
  await model.open("/flags");
  await page.route("**/api/**", (route) => route.abort());
  await model.examples.first().click();
  await expect(model.problem).toContainText("could not be reached");
});
