import { expect, type Locator, type Page, type Response } from "@playwright/test";

/** A model's page as a visitor uses it. */
export class ModelPage {
  readonly heading: Locator;
  readonly answer: Locator;
  readonly bars: Locator;
  readonly problem: Locator;
  readonly examples: Locator;
  readonly submit: Locator;
  readonly address: Locator;
  readonly file: Locator;

  constructor(
    readonly page: Page,
    private readonly hydrated: boolean,
  ) {
    this.heading = page.getByRole("heading", { level: 1 });
    this.answer = page.getByRole("region", { name: "Answer" });
    this.bars = this.answer.getByRole("list", { name: "Most probable classes" }).getByRole("listitem");
    this.problem = this.answer.getByRole("alert");
    this.examples = page.getByRole("form", { name: "Or try one of these" }).getByRole("button");
    this.submit = page.getByRole("form", { name: "Your picture" }).getByRole("button", { name: /^Classif/ });
    this.address = page.getByLabel("From an address");
    this.file = page.getByLabel("From a file");
  }

  /** Opens a path, and waits until the page reacts if it is ever going to. */
  async open(path: string): Promise<Response | null> {
    const response = await this.page.goto(path);
    if (this.hydrated) await expect(this.page.locator("main")).toHaveAttribute("data-hydrated");
    return response;
  }

  async sendFile(path: string) {
    await this.file.setInputFiles(path);
    await this.submit.click();
  }

  async sendAddress(url: string) {
    await this.address.fill(url);
    await this.submit.click();
  }

  /** Checks that there is an answer that makes sense, and gives its labels. */
  async labels(): Promise<string[]> {
    await expect(this.bars).toHaveCount(5);
    const labels: string[] = [];
    let last = 100;
    for (const bar of await this.bars.all()) {
      const figure = await bar.locator("data").innerText();
      expect(figure).toMatch(/^\d{1,3}\.\d%$/);
      const percent = Number.parseFloat(figure);
      expect(percent).toBeLessThanOrEqual(last);
      last = percent;
      const label = (await bar.locator(".prediction__label").innerText()).trim();
      expect(label).not.toBe("");
      labels.push(label);
      await expect(bar.locator(".bar__fill")).toHaveAttribute("width", /^\d{1,3}\.\d+%$/);
    }
    await expect(this.answer.getByText(/^Answered in \d/)).toBeVisible();
    await this.seen();
    return labels;
  }

  /** Checks that the picture as the network saw it is there, and is a picture. */
  private async seen() {
    const crop = this.answer.getByRole("img", { name: "The picture as the network saw it" });
    await expect(crop).toBeVisible();
    await expect(crop).toHaveAttribute("src", /^data:image\//);
    await expect.poll(() => crop.evaluate((it: HTMLImageElement) => it.naturalWidth)).toBeGreaterThan(0);
  }
}
