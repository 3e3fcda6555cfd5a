"""Gradio: base64 as text, past its queue: one request for a prediction instead of the three that its
own page makes, and no file on the disk. Both are in its favour."""

import base64
import sys

import gradio
import network

classify = network.load()

with gradio.Blocks() as blocks:
    image, answer, button = gradio.Textbox(), gradio.Number(), gradio.Button()
    button.click(
        lambda text: classify([base64.b64decode(text)])[0],
        image,
        answer,
        api_name="predict",
        queue=False,
        concurrency_limit=None,
    )

blocks.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True)
