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
