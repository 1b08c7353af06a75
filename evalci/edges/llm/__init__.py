"""Where answers come from: a live vendor, recordings, or the scripted stand-in."""
