"""What schemathesis cannot make up by itself: pictures and their addresses, names that are there,
which kind of answer is wanted, since OpenAPI has no place for Accept, and tensors whose parts fit
each other and the model, since a schema cannot say that."""

import base64
import copy
import io
import itertools
import json
import os

import schemathesis
from hypothesis import strategies as st
from PIL import Image
from schemathesis.openapi import format as named_format
from schemathesis.openapi import media_type

# What the model flags takes: planes, height, width.
PLANES, SIDE = 3, 64
LENGTH = "Inference-Header-Content-Length"
# Where there are pictures.
ADDRESSES = os.environ["PICTURES"].split()


def encoded(kind: str, side: int) -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((side, side)).convert("RGB").save(buffer, kind)
    return buffer.getvalue()


KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
PICTURES = {kind: st.sampled_from([encoded(kind, side) for side in (1, 40)]) for kind in KINDS}
ANY = st.one_of(*PICTURES.values())

for kind, pictures in PICTURES.items():
    media_type(f"image/{kind.lower()}", pictures)
media_type("application/octet-stream", ANY)

named_format("binary", ANY)
named_format("byte", ANY.map(lambda picture: base64.b64encode(picture).decode()))
named_format("uri-reference", st.sampled_from(ADDRESSES))
named_format("model", st.sampled_from(["flags", "flags", "flags", "nobody"]))
named_format("file", st.sampled_from(["waving-brazil.jpg", "turned-kenya.jpg", "nothing.jpg"]))
named_format("version", st.sampled_from(["1", "1", "2"]))


@schemathesis.hook
def filter_body(context, body):
    """Names that cannot stand in the head of a part of a form are nothing that a client sends."""
    return not isinstance(body, dict) or all(name.isprintable() and name.strip() for name in body)


ACCEPTED = itertools.cycle(["*/*", "application/json", "text/html", "application/x-ndjson"])


@schemathesis.hook
def before_call(context, case, kwargs):
    case.headers["Accept"] = next(ACCEPTED)
    if case.meta and case.meta.generation.mode.is_positive:
        make_fit(case)


def make_fit(case):
    """Makes what is valid by the schema fit together and be there. Nothing else is touched, since
    the server is to refuse it."""
    operation = case.operation.definition.raw["operationId"]
    if case.query.get("url"):
        # The one in the document is nowhere.
        case.query = {**case.query, "url": ADDRESSES[0]}
    if case.media_type == "application/json" and isinstance(case.body, dict) and case.body.get("url"):
        case.body = {**case.body, "url": ADDRESSES[0]}
    if operation.endswith("predict"):
        case.body = copy.deepcopy(case.body)
        fit_instances(case.body)
    elif operation.endswith("infer"):
        if case.media_type == "application/octet-stream":
            case.headers[LENGTH] = "0"
            return
        case.body = copy.deepcopy(case.body)
        fit_input(case.body)
        if LENGTH in case.headers:
            case.headers[LENGTH] = str(len(json.dumps(case.body)))


def fit_instances(body):
    """Gives tensors the size that the model takes, wherever they stand."""
    tensor = [[[0.5] * SIDE] * SIDE] * PLANES
    for at, instance in enumerate(body["instances"]):
        if isinstance(instance, list):
            body["instances"][at] = tensor
        elif isinstance(instance, dict):
            for name, inside in instance.items():
                if isinstance(inside, list):
                    instance[name] = tensor


def fit_input(body):
    wishes = body.get("parameters") or {}
    if wishes.get("timeout"):
        # A microsecond would be granted.
        wishes["timeout"] = 60_000_000
    (tensor,) = body["inputs"]
    if tensor["datatype"] == "BYTES":
        tensor["shape"][0] = len(tensor["data"])
    else:
        tensor["shape"] = [1, PLANES, SIDE, SIDE]
        tensor["data"] = [1] * (PLANES * SIDE * SIDE)
