"""A stand-in for a judge: gives every criterion its best level and quotes the answer."""

import json
import re
import sys

asked = json.load(sys.stdin)["messages"][1]["content"]
quote = re.findall(r"<<answer \w+>>\n(.*)\n", asked)[0]
best = 1 if "the condition does not hold" in asked else 2
reply = {"evidence": quote, "reason": "a stand-in is always content", "score": best}
usage = {"input_tokens": 0, "output_tokens": 0, "cost_usd": 0}
json.dump({"text": json.dumps(reply), "usage": usage}, sys.stdout)
