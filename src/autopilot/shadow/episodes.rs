//! A conversation that is over, as the messages that would have been answered. Pure.
//!
//! Each of them is looked at as if the autopilot had had the conversation until then: what others told the customer stands as
//! its own words, so that its brain knows what was said, and no person at work silences it.

use crate::autopilot::entry::{EntryText, ThreadEntry, What, Who};
use crate::autopilot::rules::Rules;
use domain::unix_ms::millis;

/// Messages of the customer that would have been answered at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode {
    /// The conversation until then, the customer's messages last.
    pub entries: Vec<ThreadEntry>,
    /// The customer's message before, which counts as dealt with: its id and time.
    pub handled: Option<(String, i64)>,
    /// The customer's words.
    pub customer: String,
    /// The words that the customer got next, each with the kind of its author.
    pub people: Vec<(&'static str, String)>,
}

/// The episodes, oldest first.
pub fn of(entries: &[ThreadEntry], rules: &Rules) -> Vec<Episode> {
    let (mut all, mut handled): (Vec<Episode>, _) = (vec![], None);
    let mut before: Vec<ThreadEntry> = vec![];
    let mut place = 0;
    while let Some(entry) = entries.get(place) {
        if entry.customers_words().is_none() {
            if let (Some(words), Some(last)) = (entry.words(), all.last_mut()) {
                last.people.push((author(entry.who), words.with_files()));
            }
            tell(&mut before, entry);
            place += 1;
            continue;
        }
        let burst = burst(&entries[place..], rules);
        let customer: Vec<String> = burst.iter().filter_map(|one| Some(one.words()?.with_files())).collect();
        before.extend(burst.iter().cloned());
        let last = burst.last().map(|last| (last.id.clone(), last.at_ms));
        all.push(Episode { entries: before.clone(), handled, customer: customer.join("\n"), people: vec![] });
        handled = last;
        place += burst.len();
    }
    all
}

/// The messages that one reply would answer: nobody else speaks between, and the customer does not pause for long.
fn burst<'a>(entries: &'a [ThreadEntry], rules: &Rules) -> &'a [ThreadEntry] {
    let mut length = 1;
    while let [.., last, next] = &entries[..entries.len().min(length + 1)] {
        let is_mail = next.words().is_some_and(|words| words.is_mail);
        let quiet = if is_mail { rules.mail.quiet } else { rules.chat.quiet };
        let pause_ms = millis(quiet);
        if length >= entries.len() || next.customers_words().is_none() || next.at_ms - last.at_ms > pause_ms {
            break;
        }
        length += 1;
    }
    &entries[..length]
}

/// Adds what others did: words to the customer as our own, several in a row as one; that it was closed; and no more.
fn tell(before: &mut Vec<ThreadEntry>, entry: &ThreadEntry) {
    match (&entry.what, before.last_mut()) {
        (What::Said(words), Some(ThreadEntry { who: Who::Ours, what: What::Said(last), .. })) => {
            last.text = format!("{}\n{}", last.text, words.text);
        }
        (What::Said(words), _) if !words.text.trim().is_empty() => {
            let what = What::Said(EntryText { actor: None, address: None, ..words.clone() });
            before.push(ThreadEntry { who: Who::Ours, what, ..entry.clone() });
        }
        (What::Closed, _) => before.push(entry.clone()),
        _ => {}
    }
}

fn author(who: Who) -> &'static str {
    match who {
        Who::Person => "person",
        Who::Ours => "autopilot",
        Who::Customer => "customer",
        Who::Assistant | Who::Program => "bot",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(second: i64, who: Who, text: &str) -> ThreadEntry {
        let what = match text {
            "closed" => What::Closed,
            "assigned" => What::Assigned(Some("A-7".into())),
            _ => What::Said(EntryText { text: text.to_owned(), ..EntryText::default() }),
        };
        ThreadEntry { id: format!("m{second}"), at_ms: second * 1_000, who, what }
    }

    #[test]
    fn bursts_are_one_episode_and_people_stand_beside_it() {
        use Who::{Customer, Ours, Person};
        let entries = [
            entry(0, Customer, "Hi"),
            entry(2, Customer, "Where is it?"),
            entry(5, Person, "assigned"),
            entry(60, Person, "Hello."),
            entry(61, Person, "It comes today."),
            entry(90, Customer, "Thanks"),
            entry(100, Customer, "And the bill?"),
            entry(120, Ours, "It is in your mail."),
            entry(130, Person, "closed"),
            entry(500, Customer, "A new matter"),
        ];
        let all = of(&entries, &Rules::default());
        let told: Vec<String> = all
            .iter()
            .map(|one| {
                let people: Vec<_> = one.people.iter().map(|(by, text)| format!("{by}: {text}")).collect();
                format!("{} | {}", one.customer.replace('\n', " + "), people.join(" + "))
            })
            .collect();
        assert_eq!(
            told,
            [
                "Hi + Where is it? | person: Hello. + person: It comes today.",
                "Thanks | ",
                "And the bill? | autopilot: It is in your mail.",
                "A new matter | ",
            ]
        );
        assert_eq!(all[1].handled, Some(("m2".to_owned(), 2_000)));
        let ours = &all[1].entries[2];
        assert_eq!((ours.who, ours.words().unwrap().text.as_str()), (Ours, "Hello.\nIt comes today."));
        assert!(all[3].entries.iter().any(|one| one.what == What::Closed));
        assert_eq!(of(&[], &Rules::default()), []);
    }
}
