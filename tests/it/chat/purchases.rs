//! Orders, invoices and deliveries, of which nothing stands in HubSpot: they reach a person, and nothing else is done.

use frontdesk::chat::visitor::Trust;

use super::talk::{SARAH, Talk};

/// Messages that were written before the words were chosen by which such messages are known.
const MESSAGES: &[&str] = &[
    "Where is my order?",
    "My parcel has not arrived yet, it was due on Monday.",
    "I need my invoice again please, I lost the PDF.",
    "Can I change the delivery address of order 48213?",
    "You charged me twice for the same thing.",
    "When will my package be delivered?",
    "I'd like to cancel my order",
    "How do I return an item and get my money back?",
    "The invoice shows the wrong VAT number.",
    "the delivery came but half of it is missing",
    "I want a refund",
    "track my shipment 1Z999AA10123456784",
    "Hvor er min ordre?",
    "Jeg mangler min faktura, kan I sende den igen?",
    "Min pakke er ikke kommet endnu",
    "Hvornår bliver min bestilling leveret?",
    "Jeg vil gerne annullere min ordre",
    "I har trukket pengene to gange",
    "Kan jeg ændre leveringsadressen?",
    "Jeg vil have pengene tilbage",
    "Où est ma commande ?",
    "J'ai besoin de ma facture encore une fois",
    "Mon colis n'est toujours pas arrivé",
    "Quand serai-je livré ?",
    "Je voudrais annuler ma commande",
    "Vous m'avez débité deux fois",
    "Je veux être remboursé",
    "Il manque la moitié de la livraison",
    "Dov'è il mio ordine?",
    "Mi serve di nuovo la fattura",
    "Il pacco non è ancora arrivato",
    "Quando arriva la consegna?",
    "Vorrei annullare l'ordine",
    "Mi avete addebitato l'importo due volte",
    "Voglio un rimborso",
    "L'indirizzo di spedizione è sbagliato",
    "Wo bleibt meine Bestellung?",
    "Ich brauche die Rechnung noch einmal",
    "Mein Paket ist immer noch nicht da",
    "Wann wird geliefert?",
    "Ich möchte meine Bestellung stornieren",
    "Sie haben zweimal abgebucht",
    "Ich will mein Geld zurück",
    "Die Lieferung ist unvollständig",
];
/// The share of them that reaches a person at once, in percent. The others are asked about, with a person among the choices.
const REACHED_MIN: usize = 85;
const PERSONS: &[&str] = &[
    "A person, please",
    "En person, tak",
    "Une personne, s'il vous plaît",
    "Una persona, per favore",
    "Eine Person, bitte",
];

#[tokio::test(start_paused = true)]
async fn orders_invoices_and_deliveries_reach_a_person() {
    let (mut reached, mut wrong) = (0, vec![]);
    for message in MESSAGES {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let turn = talk.say(message).await;
        let steps = turn.done.iter().filter_map(|done| done.call.arguments.as_ref().ok()?.get("intent")?.as_str());
        let intents: Vec<&str> = steps.collect();
        let offers = turn.reply.choices.iter().any(|choice| PERSONS.contains(&choice.as_str()));
        reached += usize::from(intents == ["a person"]);
        if intents != ["a person"] && (!intents.is_empty() || !offers) {
            wrong.push(format!("{message}: {intents:?} {:?}", turn.reply));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(reached * 100 >= MESSAGES.len() * REACHED_MIN, "{reached} of {}", MESSAGES.len());
}

/// The words go to a colleague as they were said, in each language; nobody opens a ticket for an invoice.
#[tokio::test(start_paused = true)]
async fn an_invoice_becomes_a_task_with_its_words() {
    for (message, told) in [
        ("I need my invoice again please", "I cannot see orders"),
        ("Ich brauche meine Rechnung noch einmal", "kann ich hier nicht einsehen"),
        ("J'ai besoin de ma facture", "Je n'ai pas accès ici"),
        ("Mi serve la mia fattura", "Qui non posso vedere"),
        ("Jeg mangler min faktura", "Jeg kan ikke se"),
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let (tasks, tickets) = (talk.records("tasks").len(), talk.records("tickets").len());
        let said = talk.play(&[message, SARAH, "ok"]).await;
        assert!(said.contains(told), "{said}");
        let all = talk.records("tasks");
        assert_eq!((all.len(), talk.records("tickets").len()), (tasks + 1, tickets), "{said}");
        assert!(all.iter().any(|task| task["properties"]["hs_task_body"].to_string().contains(message)), "{said}");
    }
}

/// What a serving robot does with orders is a fault, and a question before buying is none about a purchase.
#[tokio::test(start_paused = true)]
async fn a_fault_of_a_serving_robot_is_no_purchase() {
    for message in [
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
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let turn = talk.say(message).await;
        let steps = turn.done.iter().filter_map(|done| done.call.arguments.as_ref().ok()?.get("intent")?.as_str());
        assert!(!steps.into_iter().any(|intent| intent == "a person"), "{message}: {turn:?}");
    }
}
