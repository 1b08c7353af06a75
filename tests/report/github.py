"""Shows a comment roughly as GitHub does: its Markdown, its alerts, and the box around it."""

import re

from markdown_it import MarkdownIt

STYLE = """
:root { color-scheme: light dark; --page: #fff; --text: #1f2328; --quiet: #59636e; --line: #d1d9e0;
  --head: #f6f8fa; --code: #eff1f3; --caution: #cf222e; --warning: #9a6700; --note: #0969da; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --text: #f0f6fc; --quiet: #9198a1;
  --line: #3d444d; --head: #151b23; --code: #262c36; --caution: #f85149; --warning: #d29922;
  --note: #4493f8; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 16px; background: var(--page); color: var(--text);
  font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
.comment { border: 1px solid var(--line); border-radius: 6px; }
.author { margin: 0; padding: 8px 16px; background: var(--head); color: var(--quiet);
  border-bottom: 1px solid var(--line); border-radius: 6px 6px 0 0; }
.body { padding: 16px; overflow-wrap: break-word; }
.body > :first-child { margin-top: 0; }
.body > * { margin: 0 0 16px; }
h3 { font-size: 1.25em; font-weight: 600; line-height: 1.25; }
ul { padding-left: 2em; }
blockquote { padding: 0 1em; border-left: .25em solid var(--line); }
blockquote p { margin: 0 0 8px; }
.alert { padding: 8px 16px; border-left-color: var(--tone); }
.alert-title { color: var(--tone); font-weight: 500; }
.caution { --tone: var(--caution); } .warning { --tone: var(--warning); }
.note { --tone: var(--note); }
table { display: block; width: max-content; max-width: 100%; overflow: auto;
  border-collapse: collapse; }
th, td { padding: 6px 13px; border: 1px solid var(--line); }
th { font-weight: 600; }
code, pre { font: 85% ui-monospace, "SF Mono", Menlo, "Liberation Mono", monospace; }
code { padding: .2em .4em; background: var(--code); border-radius: 6px;
  white-space: break-spaces; }
pre { padding: 16px; overflow: auto; background: var(--head); border-radius: 6px;
  line-height: 1.45; }
pre code { padding: 0; background: none; white-space: pre; font-size: 100%; }
a { color: var(--note); }
"""
_PARSER = MarkdownIt("gfm-like", {"breaks": True, "linkify": True})  # comments keep line ends
_ALERT = re.compile(r"<blockquote>\n<p>\[!(CAUTION|WARNING|NOTE|TIP|IMPORTANT)\](?:<br />)?\n")


def github_page(comment: str) -> str:
    """Return a page that shows a comment in its box."""
    body = _ALERT.sub(_alert, _PARSER.render(comment))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A pull request</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body>"
        '<div class="comment"><p class="author">github-actions <b>bot</b> commented</p>'
        f'<div class="body">{body}</div></div></body></html>'
    )


def _alert(found: re.Match[str]) -> str:
    kind = found.group(1).lower()
    return f'<blockquote class="alert {kind}"><p class="alert-title">{kind.capitalize()}</p>\n<p>'
