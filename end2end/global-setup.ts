import { EventEmitter } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { FullConfig } from "@playwright/test";
import { PICTURES } from "./tests/pictures";

const TYPES: Record<string, string> = { jpg: "image/jpeg", txt: "text/plain" };

/** Serves the fixtures and waits for the server under test, which nobody else waits for. */
export default async function setup(config: FullConfig) {
  const japan = await readFile(new URL("./fixtures/japan.jpg", import.meta.url));
  // How many await a picture that is held, by the query they came with.
  const awaiting = new Map<string, number>();
  // Lets the rest of it go, by the same query.
  const gate = new EventEmitter();
  const pictures = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? "", PICTURES);
    if (pathname === "/open") {
      response.end(String(awaiting.get(search) ?? 0));
      return;
    }
    if (pathname === "/let-go") {
      gate.emit(search);
      response.end();
      return;
    }
    if (pathname === "/held.jpg") {
      const more = (by: number) => awaiting.set(search, (awaiting.get(search) ?? 0) + by);
      more(1);
      response.writeHead(200, { "content-type": TYPES.jpg, "content-length": japan.length });
      let sent = 0;
      const send = (bytes: number) => response.write(japan.subarray(sent, (sent += bytes)));
      send(400);
      // The server does not wait for long where nothing comes at all.
      const drip = setInterval(() => send(1), 1000);
      const letGo = () => {
        clearInterval(drip);
        response.end(japan.subarray(sent));
      };
      gate.once(search, letGo);
      response.on("close", () => {
        clearInterval(drip);
        gate.off(search, letGo);
        more(-1);
      });
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
