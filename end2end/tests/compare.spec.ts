import { expect, test } from "./fixtures";
import { fixture } from "./pictures";

test("two models answer side by side", async ({ model, page }) => {
  const response = await model.open("/flags?compare=vgg");
  expect(response?.status()).toBe(200);
  await model.examples.first().click();
  await model.labels();
  await model.labels(page.locator("#answer-2"));
  await expect(page.getByRole("heading", { name: /^Answer of / })).toHaveCount(2);
  await expect(page).toHaveURL(/compare=vgg/);
});

test("a file is shown to both", async ({ model, page }) => {
  await model.open("/flags?compare=vgg");
  await model.sendFile(fixture("japan.jpg"));
  for (const answer of [model.answer, page.locator("#answer-2")]) {
    await model.labels(answer);
    await expect(answer.getByText("japan.jpg")).toBeVisible();
  }
});

test("a second model can be chosen and let go", async ({ model, page }) => {
  await model.open("/flags");
  await model.examples.first().click();
  await model.labels();
  const choose = async (value: string) => {
    await model.compare.selectOption(value);
    if (!model.hydrated) await page.getByRole("button", { name: "Compare", exact: true }).click();
  };
  await choose("vgg");
  await model.labels(page.locator("#answer-2"));
  await choose("");
  await expect(page.locator("#answer-2")).toHaveCount(0);
  await model.labels();
});
