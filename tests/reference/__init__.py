"""The slow engines: each says one algorithm in its most obvious form, and the fast one is compared with it."""
