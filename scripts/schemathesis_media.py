"""How schemathesis writes the bodies of the media types it does not know: feeds as lines, and packed."""

import gzip
import json

import schemathesis


def lines(value):
    """One record a line; bytes stay what they are, so that nonsense arrives as nonsense."""
    if isinstance(value, bytes):
        return value
    records = value if isinstance(value, list) else [value]
    return "".join(json.dumps(record) + "\n" for record in records).encode("utf-8", "surrogatepass")


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context, value):
    return lines(value)


@schemathesis.serializer("application/gzip")
def packed(_context, value):
    return gzip.compress(lines(value), mtime=0)
