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
  readonly shown: Locator;
  readonly compare: Locator;
  readonly batch: Locator;
  readonly history: Locator;

  constructor(
    readonly page: Page,
    readonly hydrated: boolean,
  ) {
    this.heading = page.getByRole("heading", { level: 1 });
    this.answer = page.locator("#answer");
    this.bars = this.barsOf(this.answer);
    this.problem = this.answer.getByRole("alert");
    this.examples = page.getByRole("form", { name: "Or try one of these" }).getByRole("button");
    this.submit = page.getByRole("form", { name: "Your picture" }).getByRole("button", { name: /^Classif/ });
    this.address = page.getByLabel("From an address");
    this.file = page.getByLabel("Choose pictures");
    this.shown = page.getByLabel("Classes shown");
    this.compare = page.getByLabel("Compare with");
    this.batch = page.getByRole("region", { name: "Several pictures" });
    this.history = page.getByRole("region", { name: "Seen in this browser" });
  }

  barsOf(answer: Locator): Locator {
    return answer.getByRole("list", { name: "Most probable classes" }).getByRole("listitem");
  }

  /** Opens a path, and waits until the page reacts if it is ever going to. */
  async open(path: string): Promise<Response | null> {
    const response = await this.page.goto(path);
    await this.awake();
    return response;
  }

  /** Waits until the page reacts if it is ever going to. */
  async awake() {
    if (this.hydrated) await expect(this.page.locator("main")).toHaveAttribute("data-hydrated");
  }

  /** Chooses a file. With JavaScript that is all there is to do. */
  async sendFile(path: string | { name: string; mimeType: string; buffer: Buffer }) {
    await this.file.setInputFiles(path);
    if (!this.hydrated) await this.submit.click();
  }

  async sendAddress(url: string) {
    await this.address.fill(url);
    await this.submit.click();
  }

  /** Checks that there is an answer that makes sense, and gives its labels. */
  async labels(answer = this.answer): Promise<string[]> {
    const bars = this.barsOf(answer);
    await expect(bars).toHaveCount(5);
    const labels: string[] = [];
    let last = 100;
    for (const bar of await bars.all()) {
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
    await expect(answer.getByText(/^\d+\.\d points ahead of \S/)).toBeVisible();
    await expect(answer.getByText(/^Answered in \d/)).toBeVisible();
    await this.seen(answer);
    return labels;
  }

  /** Checks that the picture as the network saw it is there, and is a picture. */
  private async seen(answer: Locator) {
    const crop = answer.getByRole("img", { name: "The picture as the network saw it" });
    await expect(crop).toBeVisible();
    await expect(crop).toHaveAttribute("src", /^data:image\//);
    await expect.poll(() => crop.evaluate((it: HTMLImageElement) => it.naturalWidth)).toBeGreaterThan(0);
  }
}
