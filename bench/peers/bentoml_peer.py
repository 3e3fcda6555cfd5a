"""BentoML: base64 in JSON, batches by its own scheduler."""

import base64

import bentoml
import network


@bentoml.service(workers=1, traffic={"timeout": 60})
class Peer:
    def __init__(self):
        self.classify = network.load()

    @bentoml.api(batchable=True, max_batch_size=network.MAX_BATCH, max_latency_ms=60000)
    def predict(self, images: list[str]) -> list[int]:
        return self.classify([base64.b64decode(image) for image in images])
