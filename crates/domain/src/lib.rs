//! The basic values of a HubSpot front desk, parsed and checked: ids, e-mail addresses, phone numbers, dates, time
//! zones and intervals. It does no I/O; the current time is passed in.
//!
//! | module | contents |
//! |---|---|
//! | [`id`] | HubSpot's ids of records, owners and users, each a type of its own |
//! | [`email`], [`phone`], [`contact_key`] | the ways to name a contact |
//! | [`owner_key`] | the ways to name an owner |
//! | [`dates`] | English phrases for days and times, read as one instant or rejected with a reason |
//! | [`time_zone`] | time zones by name, city, abbreviation or offset, with the rules of their clocks |
//! | [`interval`] | half-open intervals of time and their union and intersection |
//! | [`language`], [`day_in_words`] | the languages that customers are answered in, and days in them |
//! | [`questions_in_text`] | the questions of a message that asks several |
//! | [`address_range`] | IP addresses and networks of them |
//! | [`unix_ms`] | times in Unix milliseconds, told apart from seconds |
//! | [`clock`] | the source of the current time, which tests replace |
//! | [`nearest`] | the most similar of many names, with bounded work |
//! | [`code`] | the error codes that clients match on |
//! | [`text`] | foreign text made safe to quote in a message |
//! | [`known_secrets`] | the secrets of this process, masked by value |
//! | [`invisible`], [`text_cleaning`] | characters that nobody sees, and texts of others without them |
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use domain::time_zone::{self, rules::ZoneRules};
//! use domain::{dates, email::Email};
//!
//! let now: DateTime<Utc> = "2026-11-22T15:00:00Z".parse()?;
//! let zone = time_zone::parse("New York", ZoneRules::embedded())?;
//! let start = dates::parse_start("December 1st", "1pm", zone, now)?;
//! assert_eq!(start.at.to_rfc3339(), "2026-12-01T13:00:00-05:00");
//! assert_eq!(start.understood(), "Tuesday 1 December 2026, 13:00 America/New_York (UTC-05:00)");
//!
//! let error = dates::parse_start("tomorrow", "5", zone, now).unwrap_err();
//! assert_eq!(error.to_string(), "`tomorrow, 5` could be 05:00 or 17:00: am or pm?");
//!
//! let email: Email = " Sarah@Gmail.com ".parse()?;
//! assert_eq!(email.as_str(), "sarah@gmail.com");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod address_range;
pub mod clock;
pub mod code;
pub mod contact_key;
pub mod dates;
pub mod day_in_words;
pub mod digits;
pub mod email;
pub mod email_in_text;
pub mod id;
pub mod interval;
pub mod invisible;
pub mod known_secrets;
pub mod language;
pub mod nearest;
pub mod owner_key;
pub mod phone;
pub mod questions_in_text;
mod secret_forms;
pub mod text;
pub mod text_cleaning;
pub mod time_zone;
pub mod unix_ms;
