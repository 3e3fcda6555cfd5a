import { expect, test } from "./fixtures";
import { PICTURES, fixture } from "./pictures";
import { count, watch } from "./watching";

test("the browser has nothing to complain about", async ({ model, page, baseURL }) => {
  const complaints = watch(page, new URL(baseURL ?? "").origin);
  await model.open("/");
  await page.locator('main a[href="/flags"]').click();
  await model.awake();
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
  const asked = count(page, "/api/classify");
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
  const asked = count(page, "/api/classify");
  await page.reload();
  await model.labels();
  expect(asked).toHaveLength(0);
});

test("the page is busy while it waits", async ({ model, page }) => {
  let proceed = () => {};
  const held = new Promise<void>((resolve) => {
    proceed = resolve;
  });
  await page.route("**/api/classify", async (route) => {
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
  await page.route("**/api/classify", async (route) => {
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

test("a file is classified as soon as it is chosen, in one request", async ({ model, page }) => {
  await model.open("/flags");
  const asked = count(page, "/");
  await model.file.setInputFiles(fixture("japan.jpg"));
  await model.labels();
  const sent = asked.filter((request) => !/^(blob|data):/.test(request.url()));
  expect(sent.map((request) => new URL(request.url()).pathname)).toEqual(["/api/classify"]);
});

test("a server that is gone is a problem with words", async ({ model, page }) => {
  await model.open("/flags");
  await page.route("**/api/**", (route) => route.abort());
  await model.examples.first().click();
  await expect(model.problem).toContainText("could not be reached");
});
