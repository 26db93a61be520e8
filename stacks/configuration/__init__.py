"""Reading the zone's configuration: files, types, checks across keys, and errors that name file and key."""
