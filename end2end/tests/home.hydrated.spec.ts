import { expect, test } from "./fixtures";
import { count } from "./watching";

// A question may be on its way when the page goes.
test.afterEach(({ page }) => page.unrouteAll({ behavior: "ignoreErrors" }));

test("the start page follows how busy the server is, while it is looked at", async ({ model, page }) => {
  let queued = 3;
  await page.route("**/api/status", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), queued } });
  });
  await page.clock.install();
  await model.open("/");
  const waiting = page.locator(".strip__figure").filter({ hasText: "Waiting" }).locator("dd");
  await page.clock.runFor(4_100);
  await expect(waiting).toHaveText("3");
  queued = 7;
  await page.clock.runFor(4_100);
  await expect(waiting).toHaveText("7");

  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  });
  const asked = count(page, "/api/status");
  await page.clock.runFor(20_000);
  expect(asked).toHaveLength(0);
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  });
  await expect.poll(() => asked.length).toBe(1);
});

test("a server that is gone is said to be", async ({ model, page }) => {
  await page.route("**/api/status", (route) => route.abort());
  await page.clock.install();
  await model.open("/");
  await page.clock.runFor(4_100);
  await expect(page.getByText("The server does not answer.")).toBeVisible();
});

test("the cards follow what the models are doing", async ({ model, page }) => {
  let state: object = { state: "fetching", received: 1 };
  await page.route("**/api/status", async (route) => {
    const response = await route.fetch();
    const status = await response.json();
    const flags = status.models.find((it: { name: string }) => it.name === "flags");
    Object.assign(flags, { last_minute: 1234, ...state });
    await route.fulfill({ response, json: status });
  });
  await page.clock.install();
  await model.open("/");
  const card = page.locator(".card").filter({ has: page.locator('a[href="/flags"]') });
  await expect(card.locator(".state")).toHaveText("Ready");
  await page.clock.runFor(4_100);
  await expect(card.locator(".state")).toHaveText("Weights on their way");
  await expect(card).toContainText("1,234 pictures");
  state = { state: "absent", hint: "vitrine pull flags" };
  await page.clock.runFor(4_100);
  await expect(card).toContainText("vitrine pull flags");
  state = { state: "ready" };
  await page.clock.runFor(4_100);
  await expect(card.locator(".state")).toHaveText("Ready");
  await expect(card).not.toContainText("vitrine pull");

  // What was last known stays there.
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.route("**/api/status", (route) => route.abort());
  await page.clock.runFor(4_100);
  await expect(page.getByText("The server does not answer.")).toBeVisible();
  await expect(card).toContainText("1,234 pictures");
});
