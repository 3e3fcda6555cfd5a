import { readFile } from "node:fs/promises";
import type { Locator } from "@playwright/test";
import { expect, test } from "./fixtures";
import { fixture } from "./pictures";

type Upload = { name: string; mimeType: string; buffer: Buffer };

async function pictures(...names: string[]): Promise<Upload[]> {
  const buffer = await readFile(fixture("japan.jpg"));
  return names.map((name) => ({ name, mimeType: "image/jpeg", buffer }));
}

function rows(batch: Locator): Locator {
  return batch.locator("tbody tr");
}

test("several pictures are answered, two at a time, and can be sorted", async ({ model, page }) => {
  let running = 0;
  let most = 0;
  await page.route("**/api/classify", async (route) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const response = await route.fetch();
    running--;
    await route.fulfill({ response });
  });
  await model.open("/flags");
  await model.file.setInputFiles([
    ...(await pictures("c.jpg", "a.jpg", "b.jpg", "e.jpg", "d.jpg")),
    { name: "note.heic", mimeType: "image/heic", buffer: Buffer.from("\0\0\0\x18ftypheic", "latin1") },
  ]);
  await expect(model.batch.getByRole("status")).toContainText("5 of 6 answered, 1 failed");
  expect(most).toBe(2);
  await expect(model.batch.locator("tbody img")).toHaveCount(5);
  await model.batch.getByRole("button", { name: "Name" }).click();
  await expect(rows(model.batch).first()).toContainText("a.jpg");
  await expect(model.batch.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "ascending");
  await model.batch.getByRole("button", { name: "Name" }).click();
  await expect(rows(model.batch).first()).toContainText("note.heic");
  await model.batch.getByRole("button", { name: "Probability" }).click();
  await expect(rows(model.batch).last()).toContainText("HEIC pictures cannot be read here");
  await rows(model.batch).first().getByRole("button", { name: "Show" }).click();
  await expect(model.bars).toHaveCount(5);
  await model.batch.getByRole("button", { name: "Clear" }).click();
  await expect(model.batch).toHaveCount(0);
});

test("a busy server is asked again when it said so, and what failed can be tried again", async ({ model, page }) => {
  const asked: number[] = [];
  let broken = true;
  await page.route("**/api/classify", async (route) => {
    asked.push(Date.now());
    if (asked.length === 1) {
      const busy = { code: "queue_full", status: 503, title: "Busy", detail: "Later.", retry_after: 1 };
      await route.fulfill({ status: 503, json: busy });
    } else if (broken && route.request().postData()?.includes("b.jpg")) {
      await route.fulfill({ status: 500, json: { code: "x", status: 500, title: "Broken", detail: "It is." } });
    } else {
      await route.continue();
    }
  });
  await model.open("/flags");
  await model.file.setInputFiles(await pictures("a.jpg", "b.jpg"));
  await expect(model.batch.getByRole("status")).toContainText("1 of 2 answered, 1 failed");
  expect(asked.length).toBe(3);
  await expect(rows(model.batch).filter({ hasText: "b.jpg" })).toContainText("Broken");
  broken = false;
  await model.batch.getByRole("button", { name: "Retry failed" }).click();
  await expect(model.batch.getByRole("status")).toContainText("2 of 2 answered");
});

test("the table can be saved", async ({ model, page }) => {
  await model.open("/flags");
  await model.file.setInputFiles(await pictures("a.jpg", "=b.jpg"));
  await expect(model.batch.getByRole("status")).toContainText("2 of 2 answered");
  const saved = async (button: string) => {
    const download = page.waitForEvent("download");
    await model.batch.getByRole("button", { name: button }).click();
    const file = await download;
    return [file.suggestedFilename(), await readFile(await file.path(), "utf8")] as const;
  };
  const [csvName, csv] = await saved("Save as CSV");
  expect(csvName).toBe("vitrine.csv");
  expect(csv).toMatch(/^name,class,probability,total_ms,model,error\r\n"a\.jpg","[^"]+",\d/);
  expect(csv).toContain(`"'=b.jpg"`);
  const [, json] = await saved("Save as JSON");
  const answers = JSON.parse(json);
  expect(answers).toHaveLength(2);
  expect(answers[0].predictions.length).toBe(20);
});

for (const way of ["Clear", "leaving the page"]) {
  test(`${way} breaks off what is under way`, async ({ model, page }) => {
    const failed: string[] = [];
    page.on("requestfailed", (request) => failed.push(new URL(request.url()).pathname));
    const asked: string[] = [];
    await page.route("**/api/classify", (route) => void asked.push(route.request().url()));
    await model.open("/flags");
    await model.file.setInputFiles(await pictures("a.jpg", "b.jpg", "c.jpg"));
    await expect.poll(() => asked.length).toBe(2);
    if (way === "Clear") await model.batch.getByRole("button", { name: "Clear" }).click();
    else await model.open("/");
    await expect.poll(() => failed).toEqual(["/api/classify", "/api/classify"]);
    expect(asked).toHaveLength(2);
    if (way !== "Clear") return;

    // What comes next is answered.
    await expect(model.batch).toHaveCount(0);
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await model.file.setInputFiles(await pictures("d.jpg", "e.jpg", "f.jpg"));
    await expect(model.batch.getByRole("status")).toContainText("3 of 3 answered");
  });
}
