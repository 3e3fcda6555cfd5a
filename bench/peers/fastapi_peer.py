"""FastAPI as one would write it: raw body in, JSON out, the network on one thread of its own."""

import asyncio
import concurrent.futures
import sys

import network
import uvicorn
from fastapi import FastAPI, Request

app = FastAPI()
# One thread, since two networks at a time would only share the same cores.
worker = concurrent.futures.ThreadPoolExecutor(1)
classify = network.load()


@app.post("/predict")
async def predict(request: Request):
    body = await request.body()
    if network.NAME == "no-op":
        return {"class": classify([body])[0]}
    loop = asyncio.get_running_loop()
    return {"class": (await loop.run_in_executor(worker, classify, [body]))[0]}


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
