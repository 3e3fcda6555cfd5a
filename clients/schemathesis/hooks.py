"""What schemathesis cannot make up by itself: pictures, names that are there, and which kind of
answer is wanted, since OpenAPI has no place for Accept."""

import base64
import io
import itertools

import schemathesis
from hypothesis import strategies as st
from PIL import Image
from schemathesis.openapi import media_type
from schemathesis.openapi import format as named_format


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
