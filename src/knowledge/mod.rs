//! Documents that answer.
