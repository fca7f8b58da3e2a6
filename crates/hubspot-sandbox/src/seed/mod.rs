//! The data that an account starts with, and generated records.

pub(crate) mod company;
pub(crate) mod conversations;
pub(crate) mod defaults;
mod generate;
mod meetings;
mod people;
