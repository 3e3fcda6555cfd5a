import { defineConfig, devices } from "@playwright/test";

// Where the browser is; the one that Playwright would download is not needed.
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: "./tests",
  globalSetup: "./global-setup.ts",
  timeout: 60_000,
  expect: { timeout: 20_000 },
  fullyParallel: true,
  // The pictures are classified on the same machine.
  workers: 2,
  forbidOnly: !!process.env.CI,
  // A machine that others share may stand still for longer than a test waits. What fails once only is
  // listed as flaky.
  retries: process.env.CI ? 1 : 0,
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    baseURL: process.env.VITRINE_URL ?? "http://127.0.0.1:2017",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        // A camera that shows a test picture.
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
      ],
    },
  },
  // Everything works with JavaScript off, too, but for what is said of the reactive page alone.
  projects: [
    { name: "hydrated" },
    {
      name: "plain",
      testIgnore: /.*\.hydrated\.spec\.ts/,
      use: { javaScriptEnabled: false },
    },
  ],
});
