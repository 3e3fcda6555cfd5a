// Lighthouse on the start page and on a model's page of a release build that is being served.
//
// Fails if a page falls below what is asked here; the reports stand in lighthouse/.
import { mkdir, writeFile } from "node:fs/promises";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const BASE = process.env.VITRINE_URL ?? "http://127.0.0.1:2017";
const LEAST = { performance: 0.95, accessibility: 1, "best-practices": 1 };

const TRIES = 3;

const chrome = await launch({
  chromePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
});
const report = new URL("lighthouse/", import.meta.url);
await mkdir(report, { recursive: true });

/** Measures a page, writes its report, and says whether all is well. */
async function measure(name, path) {
  const options = { port: chrome.port, output: "html", onlyCategories: Object.keys(LEAST), logLevel: "error" };
  const { lhr, report: html } = await lighthouse(`${BASE}${path}`, options);
  await writeFile(new URL(`${name}.html`, report), html);
  let good = true;
  for (const [category, least] of Object.entries(LEAST)) {
    const { score, auditRefs } = lhr.categories[category];
    // No score at all means that an audit broke.
    const told = score === null ? "unknown" : Math.round(score * 100);
    const enough = score !== null && score >= least;
    good &&= enough;
    console.log(`${path} ${category} ${told}${enough ? "" : ` (at least ${least * 100})`}`);
    if (enough) continue;
    for (const { id } of auditRefs) {
      const { score, scoreDisplayMode, displayValue, errorMessage, title } = lhr.audits[id];
      if (scoreDisplayMode === "error") console.log(`  ${id} broke: ${errorMessage}`);
      else if (score !== null && score < 0.9) console.log(`  ${id}: ${displayValue ?? title}`);
    }
  }
  return good;
}

// A page that is slow is slow each time. One that another program took the processor from, or whose paint the
// browser did not tell, is measured anew.
let failed = false;
for (const [name, path] of [["home", "/"], ["vgg", "/vgg"]]) {
  let good = false;
  for (let tries = 0; tries < TRIES && !good; tries++) good = await measure(name, path);
  failed ||= !good;
}
await chrome.kill();
process.exit(failed ? 1 : 0);
