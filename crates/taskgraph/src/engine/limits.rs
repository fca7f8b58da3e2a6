//! Limits that several files of the engine name.

/// The most steps of one run: forty times the longest known conversation.
pub(super) const STEPS_MAX: u32 = 1_000;
/// The longest value of an argument, as bytes of JSON.
pub(super) const VALUE_LENGTH_MAX: usize = 10_000;
/// The most suspended topics; the oldest is dropped.
pub(super) const STACK_MAX: usize = 8;
