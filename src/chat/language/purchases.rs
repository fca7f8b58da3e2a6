//! Questions and wishes about what the visitor has bought: an order, an invoice, a delivery, a payment. Nothing of that stands
//! in HubSpot. Whoever wants to buy something, or asks how long a delivery takes, has another matter.

use super::words::folded;

#[rustfmt::skip]
/// Words for an order, an invoice, a delivery and a payment, in every language of the fixed texts.
const PURCHASES: &[&str] = &[
    "order", "orders", "invoice", "invoices", "parcel", "parcels", "package", "shipment", "delivery", "payment", "receipt", "bill", "purchase", "tracking", "ordre", "ordren", "ordrer", "bestilling",
    "bestillingen", "faktura", "fakturaen", "fakturaer", "pakke", "pakken", "leverance", "leverancen", "levering", "leveringen", "leveringsadresse", "leveringsadressen", "forsendelse", "forsendelsen",
    "betaling", "betalingen", "kvittering", "kvitteringen", "commande", "commandes", "facture", "factures", "colis", "livraison", "livraisons", "paiement", "reçu", "ordine", "ordini", "fattura",
    "fatture", "pacco", "pacchi", "consegna", "consegne", "spedizione", "pagamento", "ricevuta", "bestellung", "bestellungen", "rechnung", "rechnungen", "paket", "pakete", "lieferung", "lieferungen",
    "sendung", "zahlung", "quittung", "lieferadresse",
];
#[rustfmt::skip]
/// Words before one by which it is the visitor's.
const OWN: &[&str] = &[
    "my", "our", "min", "mit", "mine", "vores", "vor", "mon", "ma", "mes", "notre", "nos", "mio", "mia", "miei", "mie", "nostro", "nostra", "mein", "meine", "meinen", "meiner", "meinem", "unser",
    "unsere", "unserer", "unseren",
];
#[rustfmt::skip]
/// Words before one by which it is a certain one.
const CERTAIN: &[&str] = &[
    "the", "that", "this", "la", "le", "l'", "cette", "ce", "il", "lo", "questa", "questo", "die", "der", "das", "den", "dem", "diese", "dieser", "dieses", "denne", "dette",
];
/// The endings of Danish nouns with their article.
const DANISH_CERTAIN: &[&str] = &[
    "ordren",
    "bestillingen",
    "fakturaen",
    "pakken",
    "leverancen",
    "forsendelsen",
    "betalingen",
    "kvitteringen",
    "leveringsadressen",
];
#[rustfmt::skip]
/// Words that ask where one is.
const WHERE: &[&str] = &["where", "where's", "hvor", "où", "dove", "dov'è", "wo", "track", "spore", "suivre", "tracciare", "verfolgen"];
#[rustfmt::skip]
/// What is said of one that went wrong, or that is wanted again: words and beginnings of phrases.
const TROUBLES: &[&str] = &[
    "wrong", "incorrect", "missing", "lost", "again", "copy", "late", "cancel", "change", "twice", "incomplete", "forkert", "mangler", "igen", "kopi", "forsinket", "annullere", "annuller", "ændre", "ændr",
    "bruge", "manque", "fausse", "faux", "erronée", "encore", "copie", "retard", "annuler", "modifier", "changer", "besoin", "sbagliato", "sbagliata", "manca", "nuovo", "copia", "ritardo", "annullare",
    "annulli", "cambiare", "modificare", "serve", "falsch", "fehlt", "fehlen", "nochmal", "noch einmal", "kopie", "verspätet", "stornieren", "storniere", "storno", "ändern", "brauche", "stimmt nicht",
    "unvollständig", "need", "arrived", "ankommet", "kommet", "arrivé", "arrivée", "arrivato", "arrivata", "angekommen", "da", "half", "damaged",
];
#[rustfmt::skip]
/// Phrases about one that have no such word, or that say it whole.
const PHRASES: &[&str] = &[
    "charged me", "charged us", "been charged", "charged twice", "overcharged", "i have ordered", "i've ordered", "i ordered", "we ordered", "what i ordered", "what we ordered", "return an item",
    "return the item", "send it back", "return label", "trukket pengene", "trukket penge", "trukket to gange", "jeg har bestilt", "vi har bestilt", "jeg bestilte", "vi bestilte", "débité", "débitée",
    "j'ai commandé", "nous avons commandé", "facturé deux fois", "addebitato", "addebitata", "ho ordinato", "abbiamo ordinato", "abgebucht", "habe bestellt", "haben bestellt", "zu viel berechnet",
    "doppelt berechnet",
];
/// Words behind one by which it is the kind of a thing: `our delivery robot`.
const THINGS: &[&str] =
    &["robot", "robots", "robotter", "roboter", "bot", "bots", "terminal", "time", "times", "tray", "unit"];
#[rustfmt::skip]
/// Purchases that a serving robot brings to a table.
const SERVED: &[&str] = &[
    "order", "orders", "ordre", "ordren", "ordrer", "bestilling", "bestillingen", "commande", "commandes", "ordine", "ordini", "bestellung", "bestellungen",
];
#[rustfmt::skip]
/// Words for a robot that serves, and for where it serves.
const SERVING: &[&str] = &["robot", "robots", "robotten", "robotterne", "robotter", "roboter", "robotern", "bot", "matradee", "adam"];
const TABLES: &[&str] =
    &["table", "tables", "bord", "bordet", "borde", "tavolo", "tavoli", "tisch", "tische", "tischen"];
#[rustfmt::skip]
/// Words of whoever means to buy, and questions what is needed for that.
const BUYING: &[&str] = &[
    "buy", "buying", "købe", "køber", "acheter", "achète", "achetons", "comprare", "compro", "compriamo", "acquistare", "acquisto", "kaufen", "kaufe", "do i need", "do we need", "skal jeg bruge", "skal vi bruge",
    "ai-je besoin", "avons-nous besoin", "est-ce que j'ai besoin", "brauche ich", "brauchen wir", "warranty", "garanti", "garantien", "garantie", "garanzia",
];
/// The most words between the word of the visitor's and the purchase: `my last order`.
const BETWEEN_MAX: usize = 1;

/// True for a message about a purchase of the visitor's.
pub fn is_about_purchase(text: &str) -> bool {
    let words = folded(text).replace("l'", "l' ");
    let words: Vec<&str> = words.split(' ').collect();
    let padded = format!(" {} ", words.join(" "));
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| padded.contains(&format!(" {phrase} ")));
    let named: Vec<usize> = (0..words.len()).filter(|at| is_purchase(&words, *at) && !is_served(&words, *at)).collect();
    let asks_before = text.contains('?') && has(BUYING);
    let is_own = named.iter().any(|at| is_behind(&words, *at, OWN));
    let is_certain = named
        .iter()
        .any(|at| is_behind(&words, *at, CERTAIN) || DANISH_CERTAIN.contains(&words[*at]) || is_numbered(&words, *at));
    is_own
        || has(PHRASES)
        || (is_certain
            && (has(WHERE) || (has(TROUBLES) && !asks_before) || named.iter().any(|at| is_numbered(&words, *at))))
}

fn is_purchase(words: &[&str], at: usize) -> bool {
    PURCHASES.contains(&words[at]) && !words.get(at + 1).is_some_and(|next| THINGS.contains(next))
}

/// True for what a robot brings, and not the seller: the robot stands before it in a sentence of its own, or a table is named.
/// `My robot order` is a purchase.
fn is_served(words: &[&str], at: usize) -> bool {
    let has = |words: &[&str], known: &[&str]| words.iter().any(|word| known.contains(word));
    let before = &words[at.saturating_sub(SERVED_WITHIN)..at.saturating_sub(1)];
    let brings = has(before, SERVING) && !has(&words[..at], WHERE);
    SERVED.contains(&words[at]) && (brings || has(words, TABLES))
}

/// The words before the purchase among which the robot stands that brings it.
const SERVED_WITHIN: usize = 4;

/// True if one of these words stands before the one at a place, with hardly anything between.
fn is_behind(words: &[&str], at: usize, before: &[&str]) -> bool {
    words[at.saturating_sub(BETWEEN_MAX + 1)..at].iter().any(|word| before.contains(word))
}

/// True for one with its number: `order 48213`.
fn is_numbered(words: &[&str], at: usize) -> bool {
    let digits = |word: &str| word.chars().filter(char::is_ascii_digit).count() >= NUMBER_DIGITS_MIN;
    words.iter().skip(at + 1).take(NUMBER_WITHIN).any(|word| digits(word))
}

/// The fewest digits of such a number, and the words behind the purchase among which it stands.
const NUMBER_DIGITS_MIN: usize = 4;
const NUMBER_WITHIN: usize = 2;

#[test]
fn a_purchase_of_ones_own_is_told_from_a_wish_to_buy() {
    for text in [
        "Where is my order?",
        "I need the invoice again",
        "you charged me twice",
        "can I change the address of order 48213?",
        "Hvor er min pakke?",
        "jeg mangler fakturaen",
        "Où est ma commande ?",
        "la facture est fausse",
        "Dov'è il mio ordine?",
        "mi serve la fattura",
        "Wo bleibt meine Bestellung?",
        "die Rechnung stimmt nicht",
        "Wir haben bestellt und nichts bekommen",
        "My robot order has not arrived",
        "Where is the order of my robot?",
        "Where is the receipt for the warranty?",
        "our robot has not come yet, please cancel our order",
        "the robot is here, but the invoice is missing",
    ] {
        assert!(is_about_purchase(text), "{text}");
    }
    for text in [
        "I want to order two Matradees",
        "How long does delivery take?",
        "How long is the delivery time of ADAM?",
        "our delivery robot stopped",
        "Wie lange dauert die Lieferung?",
        "Quel est le délai de livraison ?",
        "Quanto tempo ci vuole per la consegna?",
        "Hvor lang er leveringstiden?",
        "do you send an invoice?",
        "my robot is broken",
        "The robot brings the order to the wrong table",
        "Our robot mixes up our orders",
        "Our robot lost the order of table 4",
        "My delivery bot is broken",
        "My payment terminal on the robot is black",
        "Der Roboter vertauscht unsere Bestellungen",
        "Robotten taber vores ordrer på gulvet",
        "Il robot porta l'ordine al tavolo sbagliato",
        "Le robot apporte la commande à la mauvaise table, il faut changer la carte",
        "Can I change the delivery date if I buy ADAM?",
        "Do I need the receipt for the warranty?",
        "Kann ich ADAM auf Rechnung kaufen, oder brauche ich die Zahlung vorab?",
        "in order to clean it I switched it off",
    ] {
        assert!(!is_about_purchase(text), "{text}");
    }
}
