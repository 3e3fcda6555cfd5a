import { readFile } from "node:fs/promises";
import { expect, test } from "./fixtures";
import { PICTURES, fixture } from "./pictures";
import { count } from "./watching";

/** Hands the page files and texts as the browser would after a drop or a paste. */
async function give(page: import("@playwright/test").Page, event: "drop" | "paste", files: string[], text?: string) {
  const contents = await Promise.all(files.map(async (it) => [it, (await readFile(fixture(it))).toString("base64")]));
  await page.evaluate(
    ([event, contents, text]) => {
      const data = new DataTransfer();
      for (const [name, content] of contents as string[][]) {
        const bytes = Uint8Array.from(atob(content), (it) => it.charCodeAt(0));
        data.items.add(new File([bytes], name, { type: "image/jpeg" }));
      }
      if (text) data.setData("text/plain", text as string);
      const options = { bubbles: true, cancelable: true };
      if (event === "drop") {
        document.body.dispatchEvent(new DragEvent("dragenter", { ...options, dataTransfer: data }));
        document.body.dispatchEvent(new DragEvent("drop", { ...options, dataTransfer: data }));
      } else {
        document.body.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: data }));
      }
    },
    [event, contents, text] as const,
  );
}

test.beforeEach(async ({ model }) => {
  await model.open("/flags");
});

test("a picture can be dropped anywhere", async ({ model, page }) => {
  await give(page, "drop", ["japan.jpg"]);
  await model.labels();
  await expect(model.answer.getByText("japan.jpg")).toBeVisible();
  await expect(page.getByRole("img", { name: "Your picture" })).toBeVisible();
  await expect(page.locator(".curtain--up")).toHaveCount(0);
});

test("a picture can be pasted", async ({ model, page }) => {
  await give(page, "paste", ["japan.jpg"]);
  await model.labels();
});

test("an address can be pasted", async ({ model, page }) => {
  await give(page, "paste", [], `${PICTURES}/japan.jpg`);
  await model.labels();
  await expect(page).toHaveURL(/\?url=/);
});

test("a picture can be taken with the camera", async ({ model, page }) => {
  await page.getByRole("button", { name: "Use the camera" }).click();
  const dialog = page.getByRole("dialog", { name: "Camera" });
  await dialog.getByRole("button", { name: "Take the picture" }).click();
  await expect(dialog).toBeHidden();
  await model.labels();
  await expect(model.answer.getByText("camera.jpg")).toBeVisible();
});

for (const [name, words] of [
  ["NotAllowedError", /may not use the camera/],
  ["NotFoundError", /no camera/],
  ["NotReadableError", /in use/],
] as const) {
  test(`a camera that answers ${name} is explained`, async ({ page }) => {
    await page.evaluate((name) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", name));
    }, name);
    await page.getByRole("button", { name: "Use the camera" }).click();
    const dialog = page.getByRole("dialog", { name: "Camera" });
    await expect(dialog.getByText(words)).toBeVisible();
    await expect(dialog.getByRole("button", { name: "Take the picture" })).toBeDisabled();
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
  });
}

for (const [name, head, words] of [
  ["photo.heic", "\0\0\0\x18ftypheic", "HEIC pictures cannot be read here"],
  ["photo.jpg", "\0\0\0\x18ftypavif", "AVIF pictures cannot be read here"],
  ["scan.tif", "II*\0\x08\0\0\0", "TIFF pictures cannot be read here"],
  ["drawing.png", "<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG pictures cannot be read here"],
  ["empty.jpg", "", "The file is empty"],
] as const) {
  test(`${name} that begins with ${JSON.stringify(head)} is refused before it is sent`, async ({ model, page }) => {
    const sent = count(page, "/api/");
    await model.sendFile({ name, mimeType: "image/jpeg", buffer: Buffer.from(head, "latin1") });
    await expect(model.problem).toContainText(words);
    await expect(model.problem).toContainText("Nothing was sent.");
    expect(sent).toHaveLength(0);
  });
}

test("a picture that is too large is refused before it is sent", async ({ model, page }) => {
  const sent = count(page, "/api/");
  const buffer = Buffer.alloc(21 << 20);
  buffer.write("\xff\xd8\xff", "latin1");
  await model.sendFile({ name: "large.jpg", mimeType: "image/jpeg", buffer });
  await expect(model.problem).toContainText("too large");
  expect(sent).toHaveLength(0);
});
