import { expect, test } from "./fixtures";
import { ModelPage } from "./model-page";
import { PICTURES } from "./pictures";
import { OwnServer } from "./server";

// Longer than any of this takes, so that no place is free before somebody leaves it.
const PATIENT = ["--fetch-timeout", "120", "--timeout", "120"];

// One waits and one is in the network: there are two places.
test("who is cancelled gives the place to who was told to come again", async ({ browser, request }) => {
  // Three pages and a server of its own.
  test.slow();
  const server = await OwnServer.start("--queue", "1", "--max-batch", "1", ...PATIENT);
  const context = await browser.newContext({ baseURL: server.url });
  try {
    const open = async () => Number(await (await request.get(`${PICTURES}/open?queue`)).text());
    const visitors: ModelPage[] = [];
    for (let visitor = 0; visitor < 3; visitor++) {
      const model = new ModelPage(await context.newPage(), true);
      await model.open("/flags");
      visitors.push(model);
    }
    for (const [place, model] of visitors.slice(0, 2).entries()) {
      await model.sendAddress(`${PICTURES}/held.jpg?queue`);
      await expect.poll(open).toBe(place + 1);
    }
    const third = visitors[2];
    await third.examples.first().click();
    await expect(third.problem).toHaveAttribute("data-code", "queue_full");
    const retry = third.answer.getByRole("button", { name: /^Try again/ });
    await expect(retry).toHaveText(/^Try again( \(\d+\))?$/);

    // It is not for want of waiting that it is refused. The response says so: the button may count
    // down for a second only, which is less than the time between two looks at it.
    await expect(retry).toBeEnabled();
    const refused = third.page.waitForResponse("**/api/classify");
    await retry.click();
    expect(await (await refused).text()).toContain("queue_full");
    await expect(third.answer).toHaveAttribute("aria-busy", "false");

    await visitors[0].answer.getByRole("button", { name: "Cancel" }).click();
    await expect.poll(open).toBe(1);
    await expect(retry).toBeEnabled();
    await retry.click();
    await third.labels();

    // Neither does who leaves keep a place.
    await visitors[1].page.close();
    await expect.poll(open).toBe(0);
  } finally {
    await context.close();
    await server.stop();
  }
});
