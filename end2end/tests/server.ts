import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A second server, for what the one that all tests share cannot be asked for. */
export class OwnServer {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
  ) {}

  /** Starts the server that was built last with these options, and waits until it answers. */
  static async start(...options: string[]): Promise<OwnServer> {
    const target = process.env.CARGO_TARGET_DIR ?? `${ROOT}/target`;
    const program = ["debug", "release"].map((it) => `${target}/${it}/vitrine`).find((it) => existsSync(it));
    if (!program) throw new Error(`there is no vitrine in ${target}: build it with cargo build -p server`);
    const listen = `127.0.0.1:${await freePort()}`;
    const env = { ...process.env, VITRINE_LISTEN: listen, VITRINE_LOG: "error", VITRINE_FETCH_ALLOW: "127.0.0.1/32" };
    const child = spawn(program, ["serve", ...options], { cwd: ROOT, env, stdio: ["ignore", "ignore", "inherit"] });
    const server = new OwnServer(`http://${listen}`, child);
    for (let tries = 0; tries < 240; tries++) {
      if (child.exitCode !== null) throw new Error(`vitrine ended with ${child.exitCode}`);
      if ((await fetch(`${server.url}/readyz`).catch(() => null))?.ok) return server;
      await setTimeout(250);
    }
    await server.stop();
    throw new Error("vitrine was not ready within a minute");
  }

  async stop() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGKILL");
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
