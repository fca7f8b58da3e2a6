//! How bytes leave this process.
