import { expect, test } from "./fixtures";

test("knows the country that an example shows", async ({ model }) => {
  await model.open("/flags");
  const flag = model.examples.filter({ hasNotText: /^Not a flag/ }).first();
  const country = (await flag.innerText()).trim().split(",")[0];
  await flag.click();
  const [best] = await model.labels();
  expect(best).toContain(country);
});

test("takes what is no flag for a picture all the same", async ({ model }) => {
  await model.open("/flags");
  await model.examples.filter({ hasText: /^Not a flag/ }).first().click();
  await model.labels();
});
