import { expect, test } from "./fixtures";
import { PICTURES } from "./pictures";

test("an example's answer can be shared as a link", async ({ model }) => {
  await model.open("/flags");
  const file = await model.examples.first().getAttribute("value");
  const response = await model.open(`/flags?example=${file}`);
  expect(response?.status()).toBe(200);
  await model.labels();
});

test("an address can be shared as a link", async ({ model }) => {
  const url = `${PICTURES}/japan.jpg`;
  const response = await model.open(`/flags?url=${encodeURIComponent(url)}`);
  expect(response?.status()).toBe(200);
  await model.labels();
  await expect(model.address).toHaveValue(url);
});

test("a link to nothing answers with an error status", async ({ model }) => {
  const url = `${PICTURES}/missing.jpg`;
  const response = await model.open(`/flags?url=${encodeURIComponent(url)}`);
  expect(response?.status()).toBeGreaterThanOrEqual(400);
  await expect(model.problem).toBeVisible();
});

test("a link on another site asks before it has anything fetched", async ({ model, page, baseURL }) => {
  const url = `${PICTURES}/japan.jpg`;
  const link = `${baseURL}/flags?url=${encodeURIComponent(url)}`;
  await page.route("http://elsewhere.test/", (route) =>
    route.fulfill({ contentType: "text/html", body: `<a href="${link}">look</a>` }),
  );
  await page.goto("http://elsewhere.test/");
  await page.getByRole("link").click();
  await model.awake();
  const held = page.getByRole("form", { name: "A link brought you here" });
  await expect(held).toContainText(url);
  await expect(model.bars).toHaveCount(0);
  await held.getByRole("button", { name: "Classify it" }).click();
  await model.labels();
});

test("a link says how many classes to show", async ({ model }) => {
  await model.open("/flags");
  const file = await model.examples.first().getAttribute("value");
  await model.open(`/flags?example=${file}&top_k=8`);
  await expect(model.bars).toHaveCount(8);
});
