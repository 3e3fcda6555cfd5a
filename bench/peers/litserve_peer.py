"""LitServe: base64 in JSON, since it reads no raw bodies; batches of 8 within 1 ms."""

import base64
import sys

import litserve
import network


class Peer(litserve.LitAPI):
    def setup(self, device):
        self.classify = network.load()

    def decode_request(self, request):
        return base64.b64decode(request["image"])

    def batch(self, inputs):
        return inputs

    def predict(self, bodies):
        return self.classify(bodies)

    def unbatch(self, output):
        return output

    def encode_response(self, output):
        return {"class": output}


if __name__ == "__main__":
    api = Peer(max_batch_size=network.MAX_BATCH, batch_timeout=network.MAX_WAIT_MS / 1000)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1, timeout=60)
    server.run(
        host="127.0.0.1", port=int(sys.argv[1]), num_api_servers=1, log_level="warning", generate_client_file=False
    )
