import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./fixtures";
import { fixture } from "./pictures";
import type { ModelPage } from "./model-page";

const HEIC = { name: "photo.heic", mimeType: "image/heic", buffer: Buffer.from("\0\0\0\x18ftypheic", "latin1") };

const states: Record<string, (model: ModelPage) => Promise<unknown>> = {
  home: (model) => model.open("/"),
  "not found": (model) => model.open("/no-such-model"),
  empty: (model) => model.open("/vgg"),
  async busy(model) {
    await model.page.route("**/api/classify", () => {});
    await model.open("/flags");
    await model.examples.first().click();
    await expect(model.answer).toHaveAttribute("aria-busy", "true");
  },
  async result(model) {
    await model.open("/vgg");
    await model.examples.first().click();
    await model.labels();
    for (const summary of await model.page.locator("summary:visible").all()) await summary.click();
  },
  async occlusion(model) {
    // Begins to answer and goes no further.
    await model.page.addInitScript(() => {
      const real = window.fetch;
      const line = JSON.stringify({ stage: { explaining: { done: 83, total: 197 } } });
      const body = () => new ReadableStream({ start: (it) => it.enqueue(new TextEncoder().encode(`${line}\n`)) });
      window.fetch = (path, ...rest) =>
        path === "/api/why" ? Promise.resolve(new Response(body())) : real(path, ...rest);
    });
    await model.open("/flags");
    await model.examples.first().click();
    await model.labels();
    await model.bars.first().getByRole("button", { name: /^Why/ }).click();
    await expect(model.answer.locator(".why .wait")).toContainText("83 of 197");
  },
  async docs(model) {
    await model.page.goto("/docs");
    await expect(model.heading).toBeVisible();
    // The first of each section stands for the others, which are made alike: the whole page would
    // take axe minutes.
    await model.page.evaluate(() => {
      for (const it of document.querySelectorAll(".operation ~ .operation")) it.remove();
    });
  },
  async print(model) {
    await model.open("/flags");
    await model.examples.first().click();
    await model.labels();
    await model.page.emulateMedia({ media: "print" });
  },
  async error(model) {
    await model.open("/vgg");
    await model.sendFile(HEIC);
    await expect(model.problem).toBeVisible();
  },
  async batch(model) {
    await model.open("/flags");
    await model.file.setInputFiles([fixture("japan.jpg"), fixture("note.txt")]);
    await expect(model.batch.getByRole("status")).toContainText("1 of 2 answered, 1 failed");
  },
  async compare(model) {
    await model.open("/flags?compare=vgg");
    await model.examples.first().click();
    await model.labels(model.page.locator("#answer-2"));
  },
  async camera(model) {
    await model.open("/flags");
    await model.page.getByRole("button", { name: "Use the camera" }).click();
    await expect(model.page.getByRole("button", { name: "Take the picture" })).toBeEnabled();
  },
};

for (const [look, options] of [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["phone", { colorScheme: "light", viewport: { width: 390, height: 844 } }],
] as const) {
  test.describe(look, () => {
    test.use({ ...options, reducedMotion: "reduce" } as object);
    for (const [state, reach] of Object.entries(states)) {
      test(`${state} breaks no rule of accessibility`, async ({ model, page }) => {
        await reach(model);
        // Pictures are a memory of what was seen, for whoever changes the look.
        await page.evaluate(() => scrollTo(0, 0));
        await page.screenshot({ path: `shots/${state.replace(" ", "-")}-${look}.png`, fullPage: true });
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join("\n")}`)).toEqual([]);
      });
    }
  });
}

test("the colours can be chosen and stay chosen", async ({ model, page }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await model.open("/");
  const light = await background();
  await page.getByRole("radio", { name: "Dark" }).check({ force: true });
  const dark = await background();
  expect(dark).not.toBe(light);
  await model.open("/vgg");
  expect(await background()).toBe(dark);
  await expect(page.getByRole("radio", { name: "Dark" })).toBeChecked();
});

test("a picture is classified and looked at with the keyboard alone", async ({ model, page }) => {
  await model.open("/flags");
  const focused = () => page.evaluate(() => document.activeElement?.outerHTML ?? "");
  await page.keyboard.press("Tab");
  const isExample = /^<button[^>]*class="example"/;
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  for (let i = 0; i < 30 && !isExample.test(await focused()); i++) {
    await page.keyboard.press("Tab");
  }
  const example = await focused();
  expect(example).toMatch(isExample);
  await page.keyboard.press("Enter");
  await model.labels();
  expect(await focused()).toBe(example);
  await expect(model.answer.getByRole("status")).toHaveText(/^Most probably .+, \d+\.\d%\.$/);
});

test("forced colours keep the bars apart from their ground", async ({ model, page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await model.open("/flags");
  await model.examples.first().click();
  await model.labels();
  const fills = await page.evaluate(() =>
    [".bar__fill", ".bar__track"].map((it) => getComputedStyle(document.querySelector(it)!).fill),
  );
  expect(fills[0]).not.toBe(fills[1]);
});

test("nothing moves for those who do not want it", async ({ model, page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await model.open("/flags");
  await model.examples.first().click();
  await model.labels();
  const seconds = await page.locator(".bar__fill").first().evaluate((it) => getComputedStyle(it).animationDuration);
  expect(Number.parseFloat(seconds)).toBeLessThan(0.01);
});

test("at 200 % nothing is cut off", async ({ model, page }) => {
  await page.setViewportSize({ width: 640, height: 400 });
  await model.open("/vgg");
  await model.examples.first().click();
  await model.labels();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
});

test("on paper there are the picture, the answer and the bars, and nothing to press", async ({ model, page }) => {
  await model.open("/flags");
  await model.examples.first().click();
  const labels = await model.labels();
  await page.emulateMedia({ media: "print" });
  await expect(model.heading).toBeVisible();
  await expect(model.answer.getByRole("img", { name: "The picture as the network saw it" })).toBeVisible();
  await expect(model.bars.locator(".prediction__label")).toHaveText(labels);
  for (const bar of await model.bars.locator(".bar").all()) await expect(bar).toBeVisible();
  await expect(model.bars.locator(".bar__fill").first()).toBeVisible();
  await expect(model.answer.getByText(/^Answered in \d/)).toBeVisible();
  for (const control of await page.locator("button, input, select, summary, header a").all()) {
    await expect(control).toBeHidden();
  }
});
