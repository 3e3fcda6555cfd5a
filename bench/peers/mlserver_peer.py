"""MLServer: base64 in the JSON of the Open Inference Protocol, batches of 8 within 1 ms."""

import base64

import network
from mlserver import MLModel
from mlserver.types import InferenceResponse, ResponseOutput


class Peer(MLModel):
    async def load(self):
        self.classify = network.load()
        return True

    async def predict(self, payload):
        data = payload.inputs[0].data
        images = [base64.b64decode(image) for image in getattr(data, "root", data)]
        classes = self.classify(images)
        output = ResponseOutput(name="class", shape=[len(classes)], datatype="INT64", data=classes)
        return InferenceResponse(model_name=self.name, outputs=[output])
