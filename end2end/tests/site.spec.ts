import { expect, test } from "./fixtures";

test("the start page lists the models and leads to them", async ({ model, page }) => {
  await model.open("/");
  const cards = page.getByRole("main").getByRole("listitem").filter({ has: page.getByRole("heading") });
  expect(await cards.count()).toBeGreaterThanOrEqual(2);
  await expect(page.locator('main a[href="/vgg"]')).toBeVisible();
  const flags = page.locator('main a[href="/flags"]');
  const title = (await flags.innerText()).trim();
  await flags.click();
  await expect(page).toHaveURL(/\/flags$/);
  await expect(model.heading).toHaveText(title);
  await expect(model.submit).toBeVisible();
});

test("an unknown model is not found and the others are listed", async ({ model, page }) => {
  const response = await model.open("/no-such-model");
  expect(response?.status()).toBe(404);
  await expect(page.locator('main a[href="/flags"]')).toBeVisible();
});

test("every control has a name", async ({ model, page }) => {
  await model.open("/vgg");
  for (const control of await page.locator("button:visible, input:visible, select:visible, summary:visible, a:visible").all()) {
    await expect(control).toHaveAccessibleName(/\S/);
  }
});

test("nothing sticks out of a narrow screen", async ({ model, page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of ["/", "/vgg", "/no-such-model"]) {
    await model.open(path);
    await expectNoSideways();
  }
  await page.goto("/docs");
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(320);
  await model.open("/vgg");
  await model.examples.first().click();
  await model.labels();
  await expectNoSideways();

  async function expectNoSideways() {
    const wide = await page.locator("body *").evaluateAll((elements) =>
      elements
        .filter((it) => !it.matches(".hidden, .skip, .curtain, .curtain *, pre *") && it.getBoundingClientRect().right > 320.5)
        .map((it) => it.outerHTML),
    );
    expect(wide).toEqual([]);
  }
});
