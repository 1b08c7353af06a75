"""Thirty ways in which a model says who wrote an answer; the author is of the family `claude`."""

from evalci.core.model_config import ModelConfig

AUTHOR = ModelConfig(name="main", id="anthropic/claude-sonnet-4-6", family="claude")
# None of these may reach a judge: what models of the family and their maker are called.
TELLING = ("claude", "anthropic", "sonnet", "opus", "haiku")
SIGNATURES = (
    "I'm Claude, and I am happy to help.",
    "I am Claude, made by Anthropic.",
    "As Claude, I cannot see your screen.",
    "CLAUDE here: the answer is no.",
    "My name is claude.",
    "This was written by Claude Sonnet 4.6.",
    "Answer of claude-sonnet-4-6",
    "anthropic/claude-sonnet-4-6 says yes.",
    "Claude 3.5 Sonnet (new) would agree.",
    "Claude-3-Opus told me so.",
    "I run on Claude 3 Haiku.",
    "Anthropic trained me to be careful.",
    "According to Anthropic's guidelines, this is fine.",
    "My maker, Anthropic PBC, says so.",
    "See https://claude.ai/chat/123 for more.",
    "Contact support@anthropic.com about it.",
    "Co-Authored-By: Claude <noreply@anthropic.com>",
    "\U0001f916 Generated with [Claude Code](https://claude.com/claude-code)",
    "**Claude**: the second option is better.",
    "> Claude: it depends.",
    "_Claude_ wrote this.",
    "# Claude's answer",
    "(Claude)",
    'The assistant "Claude" suggests caution.',
    "`Claude` was here.",
    "Thanks for asking Claude!",
    "claude_3_sonnet_20240229 is my version.",
    "Regards,\nClaude",
    "Sonnet 4.6 out.",
    "I, Opus, rest my case; Haiku would not.",
)
