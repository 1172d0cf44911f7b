"""Writes an answer of its own to the judge's socket, with the number of the next question."""

FRAMES = """
import json, stat, struct

def channel():
    for number in range(256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                return number
        except OSError:
            pass

def frame(op, number, value):
    header = json.dumps({"op": op, "id": number, "value": value, "parts": []}).encode()
    return struct.pack("!4sIQ", b"CRB1", len(header), 0) + header

def dictionary(**entries):
    return {"dict": entries}

"""
ANSWER = (
    FRAMES
    + """
values = {"list": [{"tuple": [{"list": [1.0]}, 1.0]}]}
forged = dictionary(status="ok", values=values, arguments={"list": [None]})

def target(f, x):
    for number in range(1, 200):
        os.write(channel(), frame("done", number, forged))
    return None

print("channel", channel() is not None)
"""
)
EVIDENCE = "channel True"
STOCK = ""
