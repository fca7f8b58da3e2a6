//! The `frontdesk` binary.

fn main() {}
