"""Programs that run inside a sandbox: standard library only, nothing of evalci but themselves."""
