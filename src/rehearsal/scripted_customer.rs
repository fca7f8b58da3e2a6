//! A customer of a file who also answers what the desk asks between their lines: they pick what they have come for, agree to
//! what they want, and say the values that their lines mean. Pure, as the script is.

use std::collections::BTreeMap;

use super::customer::{CustomerMessage, HeardReply, Script};
use super::dialogue::{CustomerScript, DialogueAborted};
use super::scenario::{Means, Scenario};
use super::text::folded;
use crate::chat::language;

/// The times that one question is answered.
const ANSWERS_MAX: usize = 2;
/// The words of the choice of yes, and of the one of no.
const YES: &[&str] = &["yes", "ja", "oui", "sì"];
const NO: &[&str] = &["no", "nej", "non", "nein"];

/// The beginning of the line of the first choice.
const FIRST_CHOICE: &str = "1. ";

/// A value that a desk may ask for.
type Value = fn(&Means) -> Option<String>;

/// The words of the question for a length.
const MINUTES: &[&str] =
    &["how many minutes", "hvor mange minutter", "combien de minutes", "quanti minuti", "wie viele minuten"];

/// The words of a question, and the value that answers it.
const QUESTIONS: &[(&[&str], Value)] = &[
    (&["e-mail"], |means| means.email.clone()),
    (&["which day", "hvilken dag", "quel jour", "quale giorno", "welcher tag"], |means| means.day.clone()),
    (&["time zone", "tidszone", "fuseau", "fuso", "zeitzone"], |means| means.zone.clone()),
    (MINUTES, |means| means.duration.map(|minutes| format!("{minutes} minutes"))),
    (&["which time", "hvilket tidspunkt", "quelle heure", "quale orario", "welche zeit"], |means| means.time.clone()),
    (
        &[
            "what is the problem",
            "hvad er problemet",
            "quel est le problème",
            "qual è il problema",
            "was ist das problem",
        ],
        |means| means.issue.clone(),
    ),
    (&["phone number", "telefonnummer", "numéro de téléphone", "numero di telefono"], |means| means.phone.clone()),
    (&["first and last name", "fornavn", "prénom", "nome e cognome", "vor- und nachname"], full_name),
    (&["reach you", "få fat i dig", "vous joindre", "contattarla", "erreicht sie"], |means| {
        means.reach.clone().or_else(|| means.email.clone()).or_else(|| means.phone.clone())
    }),
    (
        &[
            "what should be changed",
            "hvad skal ændres",
            "que faut-il modifier",
            "che cosa va cambiato",
            "was soll geändert",
        ],
        data,
    ),
];

/// The customer, between two messages.
#[derive(Debug)]
pub struct ScriptedCustomer<'a> {
    script: Script<'a>,
    scenario: &'a Scenario,
    /// The wishes of the lines that were said.
    wishes: Vec<String>,
    /// The lines of the file up to the last one that was said.
    said: usize,
    /// The answers that were given, by what they answer.
    given: BTreeMap<String, usize>,
}

impl<'a> ScriptedCustomer<'a> {
    /// A customer who has said nothing yet.
    pub fn new(scenario: &'a Scenario) -> ScriptedCustomer<'a> {
        ScriptedCustomer { script: Script::new(scenario), scenario, wishes: vec![], said: 0, given: BTreeMap::new() }
    }

    /// The next message. `None`: the customer leaves.
    fn says(&mut self, reply: &HeardReply) -> Option<CustomerMessage> {
        if reply.handed_off {
            // They have the person whom they wanted.
            self.wishes.pop();
        }
        if !self.script.has_answer_to(reply)
            && let Some(said) = self.answer(reply)
        {
            return Some(said);
        }
        let said = self.script.says(reply)?;
        self.said = said.line.map_or(self.said, |line| line + 1);
        self.wishes.extend([&said.means.intent, &said.means.choice].into_iter().flatten().cloned());
        Some(said)
    }

    fn answer(&mut self, reply: &HeardReply) -> Option<CustomerMessage> {
        self.pick(reply).or_else(|| self.agree(reply)).or_else(|| self.value(reply))
    }

    /// The choice that they have come for.
    fn pick(&mut self, reply: &HeardReply) -> Option<CustomerMessage> {
        let offered_as = |wish: &String| reply.offers.iter().find(|offer| folded(wish) == folded(offer));
        // What they wanted last.
        let offered = self.wishes.iter().rev().find_map(offered_as)?.clone();
        self.once_more(&offered).then(|| said(offered))
    }

    /// A yes to a question before something is written, unless their next line answers it.
    fn agree(&mut self, reply: &HeardReply) -> Option<CustomerMessage> {
        let is =
            |offer: Option<&String>, words: &[&str]| offer.is_some_and(|offer| words.contains(&folded(offer).as_str()));
        let asks = is(reply.offers.first(), YES) && reply.offers.iter().any(|offer| is(Some(offer), NO));
        let answers = |says: &str| language::declines(says) || language::agrees(says);
        let answered = self.script.next_plain().is_some_and(|line| answers(&line.says));
        let yes = reply.offers.first().cloned().filter(|_| asks && !answered)?;
        let question = reply.says.lines().take_while(|line| !line.starts_with(FIRST_CHOICE)).last().unwrap_or_default();
        let question = question.to_owned();
        self.once_more(&question).then(|| CustomerMessage { agrees: true, ..said(yes) })
    }

    /// The values that are asked for.
    fn value(&mut self, reply: &HeardReply) -> Option<CustomerMessage> {
        let asked = folded(&reply.says);
        // The next line answers it in the author's own words.
        let own = self.script.next_plain().is_some_and(|line| {
            QUESTIONS
                .iter()
                .any(|(words, value)| words.iter().any(|word| asked.contains(word)) && value(&line.means).is_some())
        });
        if own {
            return None;
        }
        let mut values = vec![];
        for (words, value) in QUESTIONS {
            let known = || self.known(*value);
            if words.iter().any(|word| asked.contains(word))
                && let Some(value) = known()
                && self.once_more(words[0])
            {
                values.push(value);
            }
        }
        if values.is_empty() {
            values.extend(self.any_length(&asked, reply));
        }
        (!values.is_empty()).then(|| said(values.join(", ")))
    }

    /// The value as they said it last, else as they will say it.
    fn known(&self, value: Value) -> Option<String> {
        let (said, coming) = self.scenario.lines.split_at(self.said);
        said.iter().rev().chain(coming).find_map(|line| value(&line.means))
    }

    /// Whoever does not mind how long a meeting is takes the first length that is offered.
    fn any_length(&mut self, asked: &str, reply: &HeardReply) -> Option<String> {
        let first = reply.offers.first().filter(|_| MINUTES.iter().any(|words| asked.contains(words)))?;
        self.once_more(MINUTES[0]).then(|| first.clone())
    }

    /// True if this may be answered, and counts that it is.
    fn once_more(&mut self, question: &str) -> bool {
        let count = self.given.entry(question.to_owned()).or_default();
        *count += 1;
        *count <= ANSWERS_MAX
    }
}

fn said(words: String) -> CustomerMessage {
    CustomerMessage { words, ..CustomerMessage::default() }
}

fn full_name(means: &Means) -> Option<String> {
    let part = |name: &str| means.data.get(name).cloned();
    let parts: Vec<String> = ["firstname", "lastname"].into_iter().filter_map(part).collect();
    if parts.is_empty() { means.name.clone() } else { Some(parts.join(" ")) }
}

fn data(means: &Means) -> Option<String> {
    let parts: Vec<String> = means.data.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

impl CustomerScript for ScriptedCustomer<'_> {
    async fn next(&mut self, reply: &HeardReply) -> Result<Option<CustomerMessage>, DialogueAborted> {
        Ok(self.says(reply))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_lines_leave_open_is_answered_from_what_they_mean() {
        let scenario = super::super::scenario_file::read(
            r#"
            name = "A"
            customer.wants = "A."
            limits = { calls = 1, bytes = 1 }
            replies.must_say = [["A"]]
            [[line]]
            says = "my robot beeps"
            means = { intent = "Report a problem", email = "sarah@gmail.com" }
            [[line]]
            says = "thanks"
            ends = true
            "#,
        )
        .unwrap();
        let mut customer = ScriptedCustomer::new(&scenario);
        let reply = |says: &str, offers: &[&str]| HeardReply {
            says: says.into(),
            offers: offers.iter().map(|offer| (*offer).to_owned()).collect(),
            handed_off: false,
        };
        let said: Vec<_> = [
            reply("", &[]),
            reply("Which of these do you mean?", &["Report a problem", "My ticket"]),
            reply("What is your e-mail address?", &[]),
            reply("Shall I open a ticket?", &["Yes", "No"]),
            reply("I have opened it.", &[]),
            reply("Goodbye!", &[]),
        ]
        .iter()
        .map(|reply| customer.says(reply).map(|said| (said.words, said.agrees)))
        .collect();
        let expected = [
            Some(("my robot beeps", false)),
            Some(("Report a problem", false)),
            Some(("sarah@gmail.com", false)),
            Some(("Yes", true)),
            Some(("thanks", false)),
            None,
        ];
        assert_eq!(said, expected.map(|said| said.map(|(words, agrees)| (words.to_owned(), agrees))));
    }
}
