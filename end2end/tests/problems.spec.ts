import { expect, test } from "./fixtures";
import { PICTURES, fixture } from "./pictures";

test.beforeEach(async ({ model }) => {
  await model.open("/vgg");
});

test("says that there is nothing at an address", async ({ model }) => {
  await model.sendAddress(`${PICTURES}/missing.jpg`);
  await expect(model.problem).toContainText(/\S+/);
  await expect(model.bars).toHaveCount(0);
  await expect(model.address).toHaveValue(`${PICTURES}/missing.jpg`);
});

test("says that a text is not a picture", async ({ model }) => {
  await model.sendFile(fixture("note.txt"));
  await expect(model.problem).toContainText(/picture|image/i);
  await expect(model.bars).toHaveCount(0);
});

test("recovers from a problem", async ({ model }) => {
  await model.sendFile(fixture("note.txt"));
  await expect(model.problem).toBeVisible();
  await model.examples.first().click();
  await model.labels();
  await expect(model.problem).toHaveCount(0);
});
