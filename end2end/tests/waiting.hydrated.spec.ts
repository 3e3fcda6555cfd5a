import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./fixtures";
import { PICTURES } from "./pictures";
import { count } from "./watching";

test("a slow picture is fetched before the visitor's eyes, in one request", async ({ model, page, request }) => {
  const asked = count(page, "/api/");
  await model.open("/flags");
  await model.sendAddress(`${PICTURES}/held.jpg?slow`);
  const wait = model.answer.locator("> .wait");
  await expect(wait).toContainText(/Fetching: .+ of 4 kB/);
  await expect(wait.getByRole("progressbar")).toHaveAttribute("max", /\d+/);
  await request.get(`${PICTURES}/let-go?slow`);
  await model.labels();
  await expect(wait).toBeHidden();
  expect(asked).toHaveLength(1);
});

for (const way of ["Cancel", "Escape"]) {
  test(`${way} ends what the server does, and brings back what was there`, async ({ model, page, request }) => {
    const open = async () => Number(await (await request.get(`${PICTURES}/open?${way.toLowerCase()}`)).text());
    await model.open("/flags");
    await model.examples.first().click();
    const before = await model.labels();
    await model.sendAddress(`${PICTURES}/held.jpg?${way.toLowerCase()}`);
    await expect.poll(open).toBe(1);
    await expect(model.answer.locator("> .wait")).toContainText("Fetching");
    // Soon: the server waits no longer than its time for fetching.
    if (way === "Escape") await page.keyboard.press("Escape");
    else await model.answer.getByRole("button", { name: "Cancel" }).click();
    await expect(model.answer).toHaveAttribute("aria-busy", "false");
    await expect.poll(open).toBe(0);
    expect(await model.labels()).toEqual(before);
    await expect(page).toHaveURL(/example=/);
  });
}

test("a full queue is said so, with the seconds until it is worth trying again", async ({ model, page }) => {
  let busy = true;
  await page.route("**/api/classify", async (route) => {
    if (!busy) return route.continue();
    const json = { code: "queue_full", status: 503, title: "Too many", detail: "They wait.", retry_after: 90 };
    await route.fulfill({ status: 503, json });
  });
  await page.clock.install();
  await model.open("/flags");
  await model.examples.first().click();
  await expect(model.problem).toContainText("They wait.");
  const retry = model.answer.getByRole("button", { name: /^Try again/ });
  await expect(retry).toBeDisabled();
  await expect(retry).toHaveText(/\([78]\d\)/);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((it) => it.id)).toEqual([]);
  await page.clock.runFor(90_000);
  await expect(retry).toBeEnabled();
  await expect(retry).toHaveText("Try again");
  busy = false;
  await retry.click();
  await model.labels();
});
