"""The door itself: real processes, real servers, real signals; everything in directories of its own."""
