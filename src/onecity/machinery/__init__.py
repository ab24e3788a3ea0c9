"""The outside world, once: database, HTTP, page components, keys, blobs, metrics."""
