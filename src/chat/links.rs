//! Links in a model's reply. Only hosts that the operator's prompt, documents or meetings name are passed on: a model may have
//! been talked into another one.

use serde::{Deserialize, Serialize};

use super::brain::FinishedCall;

/// The tools whose answers come from the operator.
const OF_OPERATOR: &[&str] = &["search_documents", "check_available", "create_meeting", "find_meetings"];
/// The hosts that are remembered of one conversation.
const HOSTS_MAX: usize = 200;
/// Beginnings of a link.
const SCHEMES: &[&str] = &["https://", "http://", "www."];

/// The hosts that a conversation may name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Hosts {
    known: Vec<String>,
}

impl Hosts {
    /// The hosts of the operator's prompt.
    pub fn of(prompt: &str) -> Hosts {
        let mut hosts = Hosts::default();
        hosts.add(prompt);
        hosts
    }

    /// Takes in the answers of a turn.
    pub fn learn(&mut self, done: &[FinishedCall]) {
        let of_operator = done.iter().filter(|done| OF_OPERATOR.contains(&done.call.tool.as_str()));
        of_operator.filter_map(|done| done.answer.as_ref().ok()).for_each(|answer| self.add(&answer.to_string()));
    }

    fn add(&mut self, text: &str) {
        for host in links(text).filter_map(|(from, to)| host(&text[from..to])) {
            if self.known.len() < HOSTS_MAX && !self.known.contains(&host) {
                self.known.push(host);
            }
        }
    }

    /// The text without links to other hosts.
    pub fn without_others(&self, text: &str) -> String {
        let (mut kept, mut end) = (String::new(), 0);
        for (from, to) in links(text) {
            let is_known = host(&text[from..to]).is_some_and(|host| self.known.contains(&host));
            if !is_known {
                kept.push_str(&text[end..from]);
                end = to;
            }
        }
        kept + &text[end..]
    }
}

/// The places of the links in a text.
fn links(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let lower = text.to_ascii_lowercase();
    let mut at = 0;
    std::iter::from_fn(move || {
        let from = at + SCHEMES.iter().filter_map(|scheme| lower[at..].find(scheme)).min()?;
        let ends = |c: char| c.is_whitespace() || "\"'<>()[]{}`\\".contains(c);
        let to = lower[from..].find(ends).map_or(lower.len(), |length| from + length);
        let to = from + lower[from..to].trim_end_matches(['.', ',', ';', '!', '?', ':']).len();
        at = to.max(from + 1);
        Some((from, to))
    })
}

fn host(link: &str) -> Option<String> {
    let lower = link.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).unwrap_or(&lower);
    let authority = rest.split(['/', '?', '#']).next()?;
    // What stands before an @ is no host.
    let host = authority.rsplit('@').next()?.split(':').next()?;
    Some(host.trim_start_matches("www.").to_owned()).filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::super::brain::ToolCall;
    use super::*;

    #[test]
    fn only_links_of_the_operator_are_passed_on() {
        let mut hosts = Hosts::of("Our page is https://www.richtech.example/shop.");
        let call = |tool: &str| ToolCall { id: "1".into(), tool: tool.into(), arguments: Ok(Map::new()) };
        let done =
            |tool: &str, url: &str| FinishedCall { call: call(tool), round: 0, answer: Ok(json!({ "url": url })) };
        hosts.learn(&[
            done("search_documents", "https://docs.example/a"),
            done("find_tickets", "http://evil.example/pay"),
        ]);
        for (text, kept) in [
            ("See https://docs.example/b?c=1.", "See https://docs.example/b?c=1."),
            ("See www.richtech.example!", "See www.richtech.example!"),
            ("Pay at http://evil.example/pay, please.", "Pay at , please."),
            ("[here](HTTPS://evil.example) or https://docs.example", "[here]() or https://docs.example"),
            ("https://docs.example@evil.example/x", ""),
            ("https://docs.example.evil.example", ""),
            ("no link", "no link"),
        ] {
            assert_eq!(hosts.without_others(text), kept, "{text}");
        }
    }
}
