//! Mails that no person has written. HubSpot's API shows no heads of mails, so sender and subject have to tell (RFC 3834 would
//! by a head). Pure.

/// Names of senders that read no answers.
const SENDERS: &[&str] = &[
    "noreply",
    "donotreply",
    "nichtantworten",
    "neparrepondre",
    "postmaster",
    "mailerdaemon",
    "bounce",
    "bounces",
    "autoreply",
    "autoresponder",
    "notifications",
    "notification",
];
/// Beginnings of such names, with what varies behind them.
const SENDERS_BEGIN: &[&str] = &["noreply", "donotreply", "bounce", "mailerdaemon"];
/// Subjects of automatic answers, in small letters: with these they begin.
const SUBJECTS_BEGIN: &[&str] = &[
    "auto:",
    "auto-reply",
    "autoreply",
    "automatic reply",
    "automatische antwort",
    "automatisk svar",
    "autosvar",
    "réponse automatique",
    "risposta automatica",
    "out of office",
    "out-of-office",
    "ooo:",
    "abwesenheit",
    "abwesend",
    "absence",
    "absent",
    "fuori sede",
    "fuori ufficio",
    "ikke på kontoret",
    "fravær",
    "undeliverable",
    "undelivered",
    "delivery status",
    "delivery failure",
    "mail delivery",
    "returned mail",
    "unzustellbar",
];
/// And these they contain.
const SUBJECTS_CONTAIN: &[&str] =
    &["out of office", "out of the office", "abwesenheitsnotiz", "automatic reply", "autoreply"];
/// Answers and forwards, in the languages of mail programs.
const PREFIXES: &[&str] = &["re:", "aw:", "sv:", "r:", "fw:", "fwd:", "wg:", "tr:", "vs:"];

/// True for a sender or a subject of a robot.
pub fn is_robot(address: Option<&str>, subject: Option<&str>) -> bool {
    address.is_some_and(is_robots_address) || subject.is_some_and(is_robots_subject)
}

fn is_robots_address(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default().to_lowercase();
    let local = local.split('+').next().unwrap_or_default();
    let name: String = local.chars().filter(|c| c.is_alphanumeric()).collect();
    SENDERS.contains(&name.as_str()) || SENDERS_BEGIN.iter().any(|begin| name.starts_with(begin))
}

fn is_robots_subject(subject: &str) -> bool {
    let whole = subject.trim().to_lowercase();
    let mut subject = whole.as_str();
    while let Some(rest) = PREFIXES.iter().find_map(|prefix| subject.strip_prefix(prefix)) {
        subject = rest.trim_start();
    }
    SUBJECTS_BEGIN.iter().any(|begin| begins(subject, begin))
        || SUBJECTS_CONTAIN.iter().any(|part| subject.contains(part))
}

/// True if the subject begins with these whole words: nobody is `absent-minded`.
fn begins(subject: &str, words: &str) -> bool {
    let Some(rest) = subject.strip_prefix(words) else { return false };
    words.ends_with(':')
        || !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-')
        || words.ends_with("abwesenheit")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn robots_are_told_by_sender_and_subject() {
        for (address, subject, expected) in [
            ("no-reply@shop.example", "", true),
            ("NoReply@shop.example", "", true),
            ("do_not_reply@shop.example", "", true),
            ("mailer-daemon@mx.example", "", true),
            ("postmaster@mx.example", "", true),
            ("bounce-77-a=b@lists.example", "", true),
            ("noreply+tag@shop.example", "", true),
            ("ann@noreply.example", "Where is my robot?", false),
            ("norep@shop.example", "", false),
            ("ann@x.example", "Automatic reply: Your order", true),
            ("ann@x.example", "Re: Out of Office: holidays", true),
            ("ann@x.example", "AW: Abwesenheitsnotiz", true),
            ("ann@x.example", "Réponse automatique : commande", true),
            ("ann@x.example", "Ann is out of the office", true),
            ("ann@x.example", "Undeliverable: Your order", true),
            ("ann@x.example", "Autoreply button broken", true),
            ("ann@x.example", "Absent-minded robot", false),
            ("ann@x.example", "Delivery of my robot", false),
            ("ann@x.example", "A question about the office", false),
            ("", "", false),
        ] {
            assert_eq!(is_robot(Some(address), Some(subject)), expected, "{address} {subject}");
        }
        assert!(!is_robot(None, None));
    }
}
