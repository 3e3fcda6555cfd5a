"""The program that vitrine succeeds, with the picture in the body instead of an address: tornado in
front of its broker (dualprocessing), and Keras' VGG-16, here on PyTorch, in the broker's process."""

import asyncio
import io
import logging
import os
import sys

# What the broker forgets to import, without which it does not start on Python 3.7 and later.
import multiprocessing.connection  # noqa: F401

import dualprocessing
import network
import tornado.web


class NoOp:
    def predict(self, body):
        return 0


class Pipeline:
    """VGG-16 with weights in Keras' layout, and pictures squashed to a square as there."""

    def __init__(self):
        os.environ["KERAS_BACKEND"] = "torch"
        import keras
        import torch

        torch.set_num_threads(network.THREADS)
        self.model = keras.models.load_model(os.path.join(network.FOLDER, "vgg.keras"), compile=False)

    def predict(self, body):
        import numpy
        from PIL import Image

        picture = Image.open(io.BytesIO(body)).convert("RGB").resize((224, 224), Image.Resampling.BICUBIC)
        samples = numpy.asarray(picture, dtype="float32") / 255
        samples = (samples - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
        return int(self.model.predict(samples[None].astype("float32"), verbose=0)[0].argmax())


class Handler(tornado.web.RequestHandler):
    async def post(self):
        call = dualprocessing.AsyncCall("predict", self.request.body)
        response = await asyncio.wrap_future(broker.submit_call_async(call))
        if not response.Success:
            raise tornado.web.HTTPError(500, str(response.Error))
        self.write({"class": response.Result})


async def serve(port):
    tornado.web.Application([("/predict", Handler)]).listen(port, "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    logging.getLogger().setLevel(logging.WARNING)
    broker = dualprocessing.Broker(NoOp if network.NAME == "no-op" else Pipeline)
    asyncio.run(serve(int(sys.argv[1])))
