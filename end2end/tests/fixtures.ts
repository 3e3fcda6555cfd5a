import { test as base } from "@playwright/test";
import { ModelPage } from "./model-page";

export const test = base.extend<{ model: ModelPage }>({
  model: async ({ page, javaScriptEnabled }, use) => {
    await use(new ModelPage(page, javaScriptEnabled !== false));
  },
});

export { expect } from "@playwright/test";
