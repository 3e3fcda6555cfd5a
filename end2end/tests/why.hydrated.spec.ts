import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./fixtures";
import type { ModelPage } from "./model-page";
import { count } from "./watching";

async function ask(model: ModelPage) {
  await model.bars.first().getByRole("button", { name: /^Why/ }).click();
  await expect(model.answer.getByRole("img", { name: /^What speaks for / })).toBeVisible();
}

test.beforeEach(async ({ model }) => {
  await model.open("/flags");
  await model.examples.first().click();
  await model.labels();
});

test("a map comes in one request, and its opacity changes what is drawn without another", async ({ model, page }) => {
  const asked = count(page, "/");
  await ask(model);
  const drawn = () => page.locator(".why__canvas").evaluate((it: HTMLCanvasElement) => it.toDataURL());
  const before = await drawn();
  await model.answer.getByLabel("Opacity").fill("10");
  await expect.poll(drawn).not.toBe(before);
  expect(asked.filter((it) => !/^(blob|data):/.test(it.url())).map((it) => new URL(it.url()).pathname)).toEqual(["/api/why"]);
  await expect(model.answer.locator(".why__words")).toContainText("by Grad-CAM");
});

test("a map can be saved as a picture", async ({ model, page }) => {
  await ask(model);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    model.answer.getByRole("button", { name: "Save as PNG" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/\.png$/);
  const file = await readFile(await download.path());
  expect(file.subarray(1, 4).toString()).toBe("PNG");
});

test("occlusion tells how far it is", async ({ model }) => {
  await ask(model);
  // Everything that was said, since on a fast machine it is not said for long.
  const said = await model.answer.evaluateHandle((answer) => {
    const texts: string[] = [];
    const listen = () => texts.push(answer.querySelector(".why .wait")?.textContent ?? "");
    new MutationObserver(listen).observe(answer, { subtree: true, childList: true, characterData: true });
    return texts;
  });
  await model.answer.getByLabel("Method").selectOption("occlusion");
  await expect(model.answer.locator(".why__words")).toContainText("by occlusion", { timeout: 50_000 });
  expect((await said.jsonValue()).join("\n")).toMatch(/Hiding parts of the picture: \d+ of \d+/);
});

test("a map is no longer asked for when another class or another picture is wanted", async ({ model, page }) => {
  const ended = () => failed.length;
  const failed: string[] = [];
  page.on("requestfailed", (request) => failed.push(new URL(request.url()).pathname));
  await page.route("**/api/why", () => {});
  for (const [place, count] of [[0, 0], [1, 1]]) {
    await model.bars.nth(place).getByRole("button", { name: /^Why/ }).click();
    await expect(model.answer.locator(".why .wait")).toBeVisible();
    await expect.poll(ended).toBe(count);
  }
  await model.examples.nth(1).click();
  await expect.poll(ended).toBe(2);
  expect(failed).toEqual(["/api/why", "/api/why"]);
  await expect(model.answer.locator(".why")).toBeHidden();
});

test("a map that cannot be had is a problem with words", async ({ model, page }) => {
  await page.route("**/api/why", (route) =>
    route.fulfill({ status: 503, json: { code: "x", status: 503, title: "Busy", detail: "Very much so." } }),
  );
  await model.bars.first().getByRole("button", { name: /^Why/ }).click();
  await expect(model.problem).toContainText("Very much so.");
  await model.answer.getByRole("button", { name: "Close" }).click();
  await expect(model.problem).toHaveCount(0);
});

test("a map breaks no rule of accessibility", async ({ model, page }) => {
  await ask(model);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: `shots/why-${colorScheme}.png`, fullPage: true });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join("\n")}`)).toEqual([]);
  }
});
