// Nothing of its own: it depends on every program, so that one run of `swift build --target Programs` makes them all.
