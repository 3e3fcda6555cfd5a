import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { FullConfig } from "@playwright/test";
import { PICTURES } from "./tests/pictures";

const TYPES: Record<string, string> = { jpg: "image/jpeg", txt: "text/plain" };

/** Serves the fixtures and waits for the server under test, which nobody else waits for. */
export default async function setup(config: FullConfig) {
  // How many await a picture that never comes, by the query they came with.
  const awaiting = new Map<string, number>();
  // What sends the rest of a picture, by the query it is asked for with.
  const held = new Map<string, () => void>();
  const pictures = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? "", PICTURES);
    if (pathname === "/open") {
      response.end(String(awaiting.get(search) ?? 0));
      return;
    }
    if (pathname === "/never.jpg") {
      const more = (by: number) => awaiting.set(search, (awaiting.get(search) ?? 0) + by);
      more(1);
      response.writeHead(200, { "content-type": TYPES.jpg, "content-length": 1000 }).write("half");
      // The server does not wait for long where nothing comes at all.
      const drip = setInterval(() => response.write("."), 1000);
      response.on("close", () => {
        clearInterval(drip);
        more(-1);
      });
      return;
    }
    if (pathname === "/let-go") {
      held.get(search)?.();
      response.end();
      return;
    }
    if (pathname === "/held.jpg") {
      const body = await readFile(new URL("./fixtures/japan.jpg", import.meta.url));
      response.writeHead(200, { "content-type": TYPES.jpg, "content-length": body.length });
      response.write(body.subarray(0, 400));
      await new Promise<void>((resolve) => held.set(search, resolve));
      response.end(body.subarray(400));
      return;
    }
    const name = request.url?.match(/^\/([a-z-]+\.(jpg|txt))$/);
    const body = name && (await readFile(new URL(`./fixtures/${name[1]}`, import.meta.url)).catch(() => null));
    if (!body) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": TYPES[name[2]], "content-length": body.length }).end(body);
  });
  const { hostname, port } = new URL(PICTURES);
  await new Promise<void>((resolve, reject) => {
    pictures.once("error", reject).listen(Number(port), hostname, resolve);
  });
  await ready(`${config.projects[0].use.baseURL}/readyz`);
  return () => new Promise((resolve) => pictures.close(resolve));
}

async function ready(url: string) {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return;
    await setTimeout(250);
  }
  throw new Error(`${url} was not ready within two minutes`);
}
