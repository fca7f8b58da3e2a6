//! The part of a mail that its sender has written: without the mail that it answers, and without a signature. Pure.

/// Words with which mail programs introduce what they quote, in small letters: the first, and the verb. A colon ends them.
const QUOTES: &[(&str, &str)] = &[
    ("on ", "wrote"),
    ("am ", "schrieb"),
    ("am ", "geschrieben"),
    ("le ", "a écrit"),
    ("il ", "ha scritto"),
    ("den ", "skrev"),
    ("el ", "escribió"),
];
/// Beginnings of such lines.
const SEPARATORS: &[&str] = &[
    "-----original message",
    "----- original message",
    "-----ursprüngliche nachricht",
    "-----message d'origine",
    "-----messaggio originale",
    "-----oprindelig meddelelse",
    "---------- forwarded message",
    "________________________________",
];
/// First lines of the heads of a quoted mail; a second one must follow.
const HEADS: &[&str] = &["from:", "von:", "de :", "de:", "da:", "fra:"];
const SECOND_HEADS: &[&str] =
    &["sent:", "gesendet:", "envoyé :", "envoyé:", "inviato:", "sendt:", "date:", "datum:", "to:", "an:"];
/// The most lines over which an introduction runs: mail programs break long ones.
const INTRODUCTION_LINES_MAX: usize = 3;

/// The words of the sender. A mail of which nothing would be left stays as it is.
pub fn own_part(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let end = (0..lines.len()).find(|at| ends_own_part(&lines, *at)).unwrap_or(lines.len());
    let own: Vec<&str> = lines[..end].iter().copied().filter(|line| !line.trim_start().starts_with('>')).collect();
    let own = own.join("\n").trim().to_owned();
    if own.is_empty() { text.trim().to_owned() } else { own }
}

fn ends_own_part(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim().to_lowercase();
    // The sign of a signature (RFC 3676, 4.3) is two dashes and a space, which some programs lose.
    if line == "--" || SEPARATORS.iter().any(|separator| line.starts_with(separator)) {
        return true;
    }
    let next = lines.get(at + 1).map(|next| next.trim().to_lowercase()).unwrap_or_default();
    if HEADS.iter().any(|head| line.starts_with(head)) && SECOND_HEADS.iter().any(|head| next.starts_with(head)) {
        return true;
    }
    introduces_quote(&lines[at..lines.len().min(at + INTRODUCTION_LINES_MAX)])
}

/// True if these lines are an introduction such as `On Monday … wrote:`, whole or broken. A colon in the middle of a sentence
/// of one's own is followed by no quote.
fn introduces_quote(lines: &[&str]) -> bool {
    let mut whole = String::new();
    for line in lines {
        whole.push_str(line.trim().to_lowercase().as_str());
        let is_one = |(first, verb): &(&str, &str)| whole.starts_with(first) && whole.contains(verb);
        let is_dated = whole.chars().any(|c| c.is_ascii_digit() || c == '@');
        if whole.ends_with(':') && is_dated && QUOTES.iter().any(is_one) {
            return true;
        }
        whole.push(' ');
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_mail_quotes_and_its_signature_are_left_out() {
        for (mail, own) in [
            ("Hello,\nwhere is it?", "Hello,\nwhere is it?"),
            ("Yes.\n\nOn Mon, Nov 23, 2026 at 9:00 AM Acme <a@acme.example> wrote:\n> Shall we?\n> Acme", "Yes."),
            ("Yes.\n\nOn Mon, Nov 23, 2026 at 9:00 AM Acme Support\n<a@acme.example> wrote:\n> Shall we?", "Yes."),
            ("Ja.\nAm 23.11.2026 um 09:00 schrieb Acme:\n> Sollen wir?", "Ja."),
            ("Ja.\nAm 23.11.2026 um 09:00 hat Acme geschrieben:\n> Sollen wir?", "Ja."),
            ("Oui.\nLe 23/11/2026 à 09:00, Acme a écrit :\n> Voulez-vous ?", "Oui."),
            ("No.\n-----Original Message-----\nFrom: Acme\nShall we?", "No."),
            ("No.\n\nVon: Acme <a@acme.example>\nGesendet: Montag\nAn: Ann\n\nSollen wir?", "No."),
            ("From: my side it is fine.\nThanks", "From: my side it is fine.\nThanks"),
            ("It broke.\n-- \nAnn Example\nExample Ltd", "It broke."),
            ("On the robot stands what he wrote:\nERROR", "On the robot stands what he wrote:\nERROR"),
            ("> only a quote", "> only a quote"),
            ("", ""),
        ] {
            assert_eq!(own_part(mail), own, "{mail}");
        }
    }
}
