// Holds the place of the tests until they compile.
