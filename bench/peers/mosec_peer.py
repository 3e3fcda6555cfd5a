"""mosec: raw body in, JSON out, batches of 8 within 1 ms. Its address comes by its own options."""

import network
from mosec import Server, Worker


class Peer(Worker):
    def __init__(self):
        self.classify = network.load()

    def deserialize(self, data):
        return data

    def forward(self, data):
        return [{"class": it} for it in self.classify(data)]


if __name__ == "__main__":
    server = Server()
    server.append_worker(Peer, num=1, max_batch_size=network.MAX_BATCH, max_wait_time=network.MAX_WAIT_MS)
    server.run()
