//! Node's channel protocol, without I/O.
