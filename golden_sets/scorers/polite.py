"""Half of a polite answer is a greeting, the other half is thanks."""


def score(given):
    text = given["text"].casefold()
    missing = [word for word in given["params"]["words"] if word not in text]
    words = len(given["params"]["words"])
    return {
        "value": 1 - len(missing) / words,
        "reason": f"no {' and no '.join(missing)}" if missing else "",
        "measures": {"words": len(text.split())},
    }
