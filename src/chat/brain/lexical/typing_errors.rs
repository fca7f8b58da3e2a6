//! An address with a typing error, or one that is spelled out: the visitor is asked whether they mean the one that is near it.

use super::choice_selection;
use super::intents::IntentMatch;
use super::prompts::{self, PromptWithChoices};
use super::session::LexicalConversation;
use super::state::{LexicalChoice, Means, TypingQuestion};
use super::typing_answer::{self, TypingAnswer};
use crate::chat::brain::{Decision, View};
use crate::chat::language::{self, folded};
use crate::chat::texts::kind::Text;
use crate::chat::texts::{self, with_values};
use domain::email::Email;
use domain::email_in_text;
use domain::nearest::Wanted;

#[rustfmt::skip]
/// Domains under which many people have their address, and others that are like one of them.
const PROVIDERS: &[&str] = &[
    "gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "t-online.de", "orange.fr", "wanadoo.fr", "laposte.net", "libero.it", "virgilio.it", "hotmail.it", "hotmail.fr",
    "hotmail.de", "yahoo.fr", "yahoo.it", "yahoo.de", "protonmail.com",
];
const OTHERS: &[&str] =
    &["mail.com", "ymail.com", "email.com", "hotmail.dk", "yahoo.dk", "hotmail.es", "yahoo.es", "hotmail.se"];
/// The typing errors of a domain that is near one of many.
const ERRORS_MAX: usize = 1;
/// Words for the sign and for the dot, in every language of the fixed texts.
const AT: &[&str] = &["at", "(at)", "[at]", "snabel-a", "snabela", "arobase", "chiocciola", "ät"];
const DOT: &[&str] = &["dot", "punkt", "punktum", "prik", "point", "punto"];
/// The sign as the English say it, which goes with their dot: `at some point every day` is no address.
const ENGLISH_AT: &[&str] = &["at", "(at)", "[at]"];
#[rustfmt::skip]
/// Last parts of domains, beside those such as `co` and `cm` that are rather `com` with an error.
const TOP_LEVEL: &[&str] = &[
    "com", "net", "org", "info", "biz", "eu", "io", "ai", "app", "dev", "tech", "shop", "example", "de", "dk", "fr", "it", "at", "ch", "li", "lu", "be", "nl", "uk", "ie", "us", "ca", "au", "nz", "jp",
    "kr", "in", "cn", "sg", "hk", "se", "no", "fi", "is", "es", "pt", "pl", "cz", "sk", "hu", "ro", "bg", "gr", "hr", "si", "ee", "lv", "lt", "br", "mx", "ar", "za", "ae", "il", "tr",
];

/// Words behind `at` in a sentence.
const ARTICLES: &[&str] = &["the", "a", "an", "my", "this", "that"];

/// The question whether another address is meant than the one that was typed. One that the visitor has held to is taken.
pub(super) fn other_address(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let (typed, meant) = suggested(view.message)?;
    if session.state.typed.as_ref() == Some(&typed) {
        return None;
    }
    session.state.typed = Some(typed.clone());
    let text = with_values::MEANT_ADDRESS.with(view.language, &[("address", meant.as_str())]);
    let choice = |text: Text, means| LexicalChoice { label: text.in_language(view.language).to_owned(), means };
    let question = TypingQuestion {
        typed: view.message.to_owned(),
        meant: view.message.replace(&typed, meant.as_str()),
        domain: meant.as_str().split_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default(),
        is_repeated: false,
        offered: session.state.choices.clone(),
    };
    let choices = vec![
        choice(texts::YES, Means::Said(question.meant.clone())),
        choice(texts::NO, Means::Said(question.typed.clone())),
        prompts::person(view.language),
    ];
    session.state.typing = Some(question);
    Some(session.say(PromptWithChoices { text, choices }))
}

/// The message as it is meant, for an answer to that question. What was offered before it is offered again. An answer that is
/// none and no matter of its own leaves the question open once.
pub(super) fn answered(session: &mut LexicalConversation, view: &View<'_>) -> Option<String> {
    let question = session.state.typing.take()?;
    let message = view.message.trim();
    let picked = choice_selection::choice(&session.state.choices, message).map(|choice| choice.means.clone());
    if picked == Some(Means::Person) || language::asks_for_person(message) {
        return None;
    }
    if language::drops_wish(message).is_some() {
        session.state.choices = question.offered;
        return None;
    }
    let typed = session.state.typed.clone().unwrap_or_default();
    let meant = meant_address(&question);
    let said = match (typing_answer::read(&typed, &meant, message), picked) {
        (Some(TypingAnswer::Typed), _) => Some(question.typed.clone()),
        (Some(TypingAnswer::Meant), _) => Some(question.meant.clone()),
        (Some(TypingAnswer::Other(address)), _) => Some(question.typed.replace(&typed, &address)),
        (None, Some(Means::Said(said))) => Some(said),
        _ if !question.is_repeated && is_unclear(session, view) => {
            session.state.typing = Some(TypingQuestion { is_repeated: true, ..question });
            return None;
        }
        _ => None,
    };
    session.state.choices = question.offered;
    said
}

/// The question again, where the answer was none.
pub(super) fn put_back(session: &mut LexicalConversation) -> Option<Decision> {
    session.state.typing.as_ref()?;
    let (text, choices) = (session.state.asked.clone(), session.state.choices.clone());
    Some(session.say(PromptWithChoices { text, choices }))
}

/// The address that was suggested.
fn meant_address(question: &TypingQuestion) -> String {
    let all = email_in_text::all(&question.meant);
    let found = all.iter().find(|address| address.as_str().ends_with(&format!("@{}", question.domain)));
    found.map(|address| address.as_str().to_owned()).unwrap_or_default()
}

/// True for a message that neither asks something nor guides the conversation nor has a matter of its own.
fn is_unclear(session: &LexicalConversation, view: &View<'_>) -> bool {
    let message = view.message.trim();
    let guides = language::goes_back(message)
        || language::cancels(message)
        || language::withdraws(message)
        || language::is_courteous(message)
        || language::asks_about_desk(message)
        || language::requested_language(message).is_some();
    let is_matter = message.contains('?')
        || !email_in_text::all(message).is_empty()
        || matches!(session.intents.match_intent(message, &session.state.intents), IntentMatch::Sure(..));
    !guides && !is_matter
}

/// The words of an address as they were typed, and the address that they rather mean.
fn suggested(message: &str) -> Option<(String, Email)> {
    match &email_in_text::all(message)[..] {
        [] => with_comma(message).or_else(|| spelled_out(message)),
        [address] => {
            let (name, domain) = address.as_str().split_once('@')?;
            let wanted = Wanted::new(domain);
            // `hotmail.be` is a domain of its own.
            let is_other_country =
                |known: &str| is_top_level(domain) && known.rsplit('.').next() != domain.rsplit('.').next();
            let is_near = |known: &str| wanted.typing_errors(known) <= ERRORS_MAX && !is_other_country(known);
            let near = PROVIDERS.iter().find(|known| is_near(known)).filter(|_| !is_provider(domain))?;
            let typed = message.split_whitespace().find(|word| word.to_lowercase().contains(address.as_str()))?;
            let at = typed.to_lowercase().find(address.as_str())?;
            let typed = typed.get(at..at + address.as_str().len())?;
            Some((typed.to_owned(), format!("{name}@{near}").parse().ok()?))
        }
        _ => None,
    }
}

/// `sarah@gmail,com`
fn with_comma(message: &str) -> Option<(String, Email)> {
    let word = message.split_whitespace().find(|word| word.contains('@'))?;
    let typed = word.trim_matches([',', ';', '.', '!', '?']);
    Some((typed.to_owned(), typed.replace(',', ".").parse().ok()?))
}

/// `sarah at gmail dot com`
fn spelled_out(message: &str) -> Option<(String, Email)> {
    let words: Vec<&str> = message.split_whitespace().collect();
    let is =
        |at: usize, known: &[&str]| words.get(at).is_some_and(|word| known.contains(&word.to_lowercase().as_str()));
    let sign = (1..words.len()).find(|at| is(*at, AT))?;
    let mut end = sign + 2;
    while is(end, DOT) && words.get(end + 1).is_some() {
        end += 2;
    }
    let domain: Vec<String> = words.get(sign + 1..end)?.iter().step_by(2).map(|word| folded(word)).collect();
    let is_plain = (sign + 2..end).step_by(2).all(|dot| is(sign, ENGLISH_AT) == is(dot, &DOT[..1]));
    let is_domain = domain.len() > 1 && !ARTICLES.contains(&domain[0].as_str());
    let domain = domain.join(".");
    let is_known = is_provider(&domain) || (is_plain && is_top_level(&domain));
    let address = format!("{}@{domain}", folded(words[sign - 1])).parse().ok();
    let typed = words.get(sign - 1..end)?.join(" ");
    address.filter(|_| is_domain && is_known && message.contains(&typed)).map(|address| (typed, address))
}

fn is_provider(domain: &str) -> bool {
    PROVIDERS.iter().chain(OTHERS).any(|known| *known == domain)
}

fn is_top_level(domain: &str) -> bool {
    domain.rsplit('.').next().is_some_and(|last| TOP_LEVEL.contains(&last))
}

#[test]
fn an_address_with_an_error_is_near_another() {
    for (message, expected) in [
        ("it's Sarah@gmial.com", Some(("Sarah@gmial.com", "sarah@gmail.com"))),
        ("sarah@gmail,com", Some(("sarah@gmail,com", "sarah@gmail.com"))),
        ("sarah at gmail punkt com", Some(("sarah at gmail punkt com", "sarah@gmail.com"))),
        ("kenji at ramenya dot co dot jp", Some(("kenji at ramenya dot co dot jp", "kenji@ramenya.co.jp"))),
        ("sarah@gmail.com", None),
        ("ann@mail.com", None),
        ("sarah@acme.example", None),
        ("meet me at noon", None),
        ("look at the dot on the display", None),
        ("The robot fails at some point every day", None),
        ("sarah at acme punkt firma", None),
        ("sara chiocciola acme punto it", Some(("sara chiocciola acme punto it", "sara@acme.it"))),
        ("ann@hotmail.be", None),
        ("ann@yahoo.in", None),
        ("ann@gmail.con", Some(("ann@gmail.con", "ann@gmail.com"))),
        ("ann@gmail.co", Some(("ann@gmail.co", "ann@gmail.com"))),
        ("a@gmial.com or b@gmail.com", None),
    ] {
        let found = suggested(message);
        let found = found.as_ref().map(|(typed, meant)| (typed.as_str(), meant.as_str()));
        assert_eq!(found, expected, "{message}");
    }
}
