"""Line the rooms up: check, build, resolve and read whole catalogs."""
