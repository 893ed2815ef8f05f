import Testing

/// Stories run ten daemons each in a debug build, so they are told one after the other.
@Suite(.serialized) enum Stories {}
