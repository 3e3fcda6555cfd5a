import { expect, test } from "./fixtures";
import { PICTURES, fixture } from "./pictures";

test.beforeEach(async ({ model }) => {
  await model.open("/vgg");
});

test("classifies an example", async ({ model }) => {
  await model.examples.first().click();
  await model.labels();
});

test("classifies a file", async ({ model }) => {
  await model.sendFile(fixture("japan.jpg"));
  await model.labels();
  await expect(model.answer.getByText("japan.jpg")).toBeVisible();
  await expect(model.answer.getByText("JPEG · 320 × 214")).toBeVisible();
});

test("classifies a picture at an address", async ({ model }) => {
  await model.sendAddress(`${PICTURES}/japan.jpg`);
  await model.labels();
  await expect(model.answer.getByRole("link", { name: `${PICTURES}/japan.jpg` })).toBeVisible();
  await expect(model.address).toHaveValue(`${PICTURES}/japan.jpg`);
});

test("says who answers in place of an absent model", async ({ model, page }) => {
  const state = await page.locator(".state").innerText();
  test.skip(state === "Ready", "the model is here");
  await expect(page.locator(".banner .command")).toHaveText(/pull/);
  await model.examples.first().click();
  await model.labels();
  await expect(model.answer.getByText(/^Answered by .+, which stands in for vgg\.$/)).toBeVisible();
});

test("the answer is in view on a phone", async ({ model, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await model.examples.first().click();
  await model.labels();
  await expect(model.bars.first()).toBeInViewport();
});
