"""The pure core: same arguments, same answer."""
