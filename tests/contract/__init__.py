"""One suite for every database that the Store can stand on."""
