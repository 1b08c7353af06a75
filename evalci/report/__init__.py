"""Reports: data in, text out; nothing here touches the world."""
