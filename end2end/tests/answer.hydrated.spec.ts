import { expect, test } from "./fixtures";
import { fixture } from "./pictures";
import { count } from "./watching";

test.beforeEach(async ({ model }) => {
  await model.open("/flags");
  await model.examples.first().click();
  await model.labels();
});

test("shows more or fewer classes without asking again", async ({ model, page }) => {
  const asked = count(page, "/api/");
  await model.shown.fill("20");
  await expect(model.bars).toHaveCount(20);
  await expect(page).toHaveURL(/top_k=20/);
  await model.shown.fill("1");
  await expect(model.bars).toHaveCount(1);
  expect(asked).toHaveLength(0);
});

test("finds any class with its place and probability", async ({ model, page }) => {
  const asked = count(page, "/api/");
  await model.answer.getByText("Find a class").click();
  await model.answer.getByLabel("Part of its name").fill("zambia");
  const found = model.answer.locator(".found");
  await expect(found).toHaveCount(1);
  await expect(found).toContainText("Zambia");
  await expect(found).toContainText(/place \d+ of 250/);
  await expect(found.locator(".found__figure")).toContainText(/%$/);
  await model.answer.getByLabel("Part of its name").fill("no such land");
  await expect(model.answer.getByText("No class is called that.")).toBeVisible();
  expect(asked.map((it) => new URL(it.url()).pathname)).toEqual(["/api/labels"]);
});

test("draws where the time went", async ({ model }) => {
  await model.sendFile(fixture("japan.jpg"));
  await expect(model.answer.getByText("japan.jpg")).toBeVisible();
  for (const stage of ["Upload", "Decoding", "Waiting", "Network"]) {
    await expect(model.answer.locator(".timing__stage").filter({ hasText: stage })).toBeVisible();
  }
  const widths = await model.answer
    .locator(".timeline .stage")
    .evaluateAll((all) => all.map((it) => Number.parseFloat(it.getAttribute("width") ?? "")));
  expect(widths.reduce((sum, it) => sum + it)).toBeCloseTo(100, 0);
});

test("can be taken along as a program", async ({ context, model, page }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const file = await model.examples.first().getAttribute("value");
  await page.getByText("Ask it from a program").click();
  for (const [name, words] of [
    ["curl", "curl -H"],
    ["Python", "import requests"],
    ["JavaScript", "await fetch"],
    ["Open Inference Protocol", "tritonclient.http"],
  ]) {
    await page.getByRole("radio", { name }).check();
    await expect(page.locator(".program:visible code")).toContainText(words);
    await expect(page.locator(".program:visible code")).toContainText(file ?? "");
    await page.locator(".program:visible").getByRole("button", { name: "Copy" }).click();
    await expect.poll(copied).toContain(words);
  }
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect.poll(copied).toBe(page.url());
});

test("is remembered in this browser until it is deleted", async ({ model, page }) => {
  await model.sendFile(fixture("japan.jpg"));
  await expect(model.answer.getByText("japan.jpg")).toBeVisible();
  await expect(model.history.getByRole("listitem")).toHaveCount(2);
  await model.open("/flags");
  await expect(model.history.getByRole("listitem")).toHaveCount(2);
  await model.history.getByRole("listitem").first().getByRole("button").click();
  await model.labels();
  await expect(model.answer.getByText("japan.jpg")).toBeVisible();
  await model.history.getByRole("button", { name: "Delete all" }).click();
  await expect(model.history).toHaveCount(0);
  await model.open("/flags");
  await expect(model.history).toHaveCount(0);
  expect(await page.evaluate(() => caches.keys())).toEqual([]);
});
