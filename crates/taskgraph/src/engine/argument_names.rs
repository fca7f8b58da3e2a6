//! Names that are no argument: the argument that is meant, and those that are near.

use std::collections::BTreeSet;

use domain::nearest::{Wanted, ranked};

use super::toolbox::TECHNICAL_ARGUMENTS;

/// The most names that are told in place of one that was not understood.
const NEAR_MAX: usize = 5;
/// Words that clients put before or after the name of a value, and that say nothing of it.
const QUALIFIERS: &[&str] =
    &["client", "contact", "customer", "user", "my", "preferred", "requested", "min", "mins", "minutes", "value"];

/// The only argument whose words are those of this name, with fewer or with more that say nothing: `meeting_time` is
/// `meeting_start_time`, and `duration_minutes` is `duration`.
pub(super) fn meant(name: &str, all: &BTreeSet<String>) -> Option<String> {
    let given = words(name);
    let fits = |argument: &&String| {
        let own = words(argument);
        let fewer = given.len() > 1 && given.is_subset(&own);
        let more = own.is_subset(&given) && given.difference(&own).all(|word| QUALIFIERS.contains(&word.as_str()));
        fewer || more
    };
    let open = all.iter().filter(|argument| !TECHNICAL_ARGUMENTS.contains(&argument.as_str()));
    let mut fitting = open.filter(fits);
    fitting.next().filter(|_| fitting.next().is_none()).cloned()
}

/// The names that are nearest to this one.
pub(super) fn near(name: &str, all: &[String]) -> Vec<String> {
    let wanted = Wanted::new(&name.to_lowercase());
    // Where one of several contacts is to be named, that goes first.
    let by_likeness = ranked(all.iter(), |argument| match argument.as_str() {
        "contact_id" => 1.0,
        argument => wanted.likeness(argument),
    });
    by_likeness.into_iter().take(NEAR_MAX).map(|(_, argument)| argument.clone()).collect()
}

/// The words of a name, in lower case: `meetingTime` and `meeting_time` have the same.
fn words(name: &str) -> BTreeSet<String> {
    let mut parted = String::new();
    let mut was_small = false;
    for letter in name.chars() {
        if was_small && letter.is_uppercase() {
            parted.push(' ');
        }
        was_small = letter.is_lowercase();
        parted.push(if letter.is_alphanumeric() { letter } else { ' ' });
    }
    parted.split_whitespace().map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_fewer_words_or_with_more_that_say_nothing_is_understood() {
        let all = ["meeting_date", "meeting_start_time", "time_zone", "duration", "email", "phone", "company", "name"];
        let all: BTreeSet<String> = all.map(str::to_owned).into();
        for (name, expected) in [
            ("meeting_time", Some("meeting_start_time")),
            ("meetingTime", Some("meeting_start_time")),
            ("duration_minutes", Some("duration")),
            ("customer_email", Some("email")),
            ("Preferred meeting date", Some("meeting_date")),
            ("contact_phone", Some("phone")),
            ("robot_name", None),
            ("company_email", None),
            ("meeting", None),
            ("colour", None),
        ] {
            assert_eq!(meant(name, &all).as_deref(), expected, "{name}");
        }
        let all: Vec<String> = all.into_iter().collect();
        assert_eq!(near("meeting_dat", &all)[0], "meeting_date");
        assert_eq!(near("colour", &all).len(), NEAR_MAX);
    }
}
