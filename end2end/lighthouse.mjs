// Lighthouse on the start page and on a model's page of a release build that is being served.
//
// Fails if a page falls below what is asked here; the reports stand in lighthouse/.
import { mkdir, writeFile } from "node:fs/promises";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const BASE = process.env.VITRINE_URL ?? "http://127.0.0.1:2017";
const LEAST = { performance: 0.95, accessibility: 1, "best-practices": 1 };

const chrome = await launch({
  chromePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
});
const report = new URL("lighthouse/", import.meta.url);
await mkdir(report, { recursive: true });
let failed = false;
for (const [name, path] of [["home", "/"], ["vgg", "/vgg"]]) {
  const options = { port: chrome.port, output: "html", onlyCategories: Object.keys(LEAST), logLevel: "error" };
  const { lhr, report: html } = await lighthouse(`${BASE}${path}`, options);
  await writeFile(new URL(`${name}.html`, report), html);
  for (const [category, least] of Object.entries(LEAST)) {
    const { score } = lhr.categories[category];
    const good = score >= least;
    failed ||= !good;
    console.log(`${path} ${category} ${Math.round(score * 100)}${good ? "" : ` (at least ${least * 100})`}`);
    if (good) continue;
    for (const { id } of lhr.categories[category].auditRefs) {
      const audit = lhr.audits[id];
      if (audit.score !== null && audit.score < 0.9) console.log(`  ${id}: ${audit.displayValue ?? audit.title}`);
    }
  }
}
await chrome.kill();
process.exit(failed ? 1 : 0);
