"""Changes the box's own modules, so that they claim success for every call."""

ANSWER = """
import grader.box.inside.runner as runner

def claim(self, decoder, request):
    count = len(request["calls"])
    if request["name"] != "target":
        return honest(self, decoder, request)
    return {"status": "ok", "values": ["4.0"] * count, "arguments": [None] * count,
            "score": 4.0, "points": 4.0, "passed": True}

honest = runner.Runner._call_each
runner.Runner._call_each = claim
sys.modules["grader"].score = sys.modules["grader.box"].score = 4.0
print("claimed")
"""
EVIDENCE = "claimed"
STOCK = ""
