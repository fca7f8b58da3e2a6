//! The questions before something is written.

use super::kind::{Text, TextWithValues};

texts_with_values! {
    /// The time of a meeting, within the question before it.
    MEETING_MOMENT:
        "{day} at {time}", "{day} kl. {time}", "le {day} à {time}", "{day} alle {time}", "{day} um {time}";
        plain "at this time", "på dette tidspunkt", "à cette heure", "a quest'ora", "zu dieser Zeit";
    /// Its length there.
    MEETING_MINUTES:
        "{minutes} minutes", "{minutes} minutter", "{minutes} minutes", "{minutes} minuti", "{minutes} Minuten";
        plain "as long as usual", "den sædvanlige varighed", "la durée habituelle", "la durata abituale",
        "in der üblichen Länge";
    /// The name of the meeting link there: it says whom they meet.
    MEETING_LINK:
        "“{link}”", "“{link}”", "« {link} »", "“{link}”", "„{link}“";
        plain "with your representative", "med din kontaktperson", "avec votre conseiller", "con il suo referente",
        "mit Ihrem Ansprechpartner";
    /// The customer there.
    MEETING_WHOM:
        "for {whom}", "for {whom}", "pour {whom}", "per {whom}", "für {whom}";
        plain "for you", "til dig", "pour vous", "per lei", "für Sie";
    /// Asks before a meeting is booked.
    CONFIRM_MEETING:
        "Shall I book {meeting}?", "Skal jeg booke {meeting}?", "Dois-je réserver {meeting} ?",
        "Devo prenotare {meeting}?", "Soll ich {meeting} buchen?";
        plain "Shall I book the meeting?", "Skal jeg booke mødet?", "Dois-je réserver le rendez-vous ?",
        "Devo prenotare l'appuntamento?", "Soll ich den Termin buchen?";
    /// Asks before a ticket is opened.
    CONFIRM_TICKET:
        "Shall I open a ticket with these words: “{text}”?", "Skal jeg oprette en sag med disse ord: “{text}”?",
        "Dois-je ouvrir un ticket avec ces mots : « {text} » ?",
        "Devo aprire un ticket con queste parole: “{text}”?",
        "Soll ich ein Ticket mit diesen Worten eröffnen: „{text}“?";
        plain "Shall I open a ticket?", "Skal jeg oprette en sag?", "Dois-je ouvrir un ticket ?", "Devo aprire un ticket?",
        "Soll ich ein Ticket eröffnen?";
    /// Asks before something is added to a ticket.
    CONFIRM_NOTE:
        "Shall I add this to ticket {id}: “{text}”?", "Skal jeg tilføje dette til sag {id}: “{text}”?",
        "Dois-je ajouter ceci au ticket {id} : « {text} » ?", "Devo aggiungere questo al ticket {id}: “{text}”?",
        "Soll ich dies zu Ticket {id} ergänzen: „{text}“?";
        plain "Shall I add this to the ticket?", "Skal jeg tilføje dette til sagen?", "Dois-je ajouter ceci au ticket ?",
        "Devo aggiungere questo al ticket?", "Soll ich dies zum Ticket ergänzen?";
    /// Asks before a ticket is reopened.
    CONFIRM_REOPEN:
        "Shall I reopen ticket {id}?", "Skal jeg genåbne sag {id}?", "Dois-je rouvrir le ticket {id} ?",
        "Devo riaprire il ticket {id}?", "Soll ich Ticket {id} wieder öffnen?";
        plain "Shall I reopen the ticket?", "Skal jeg genåbne sagen?", "Dois-je rouvrir le ticket ?",
        "Devo riaprire il ticket?", "Soll ich das Ticket wieder öffnen?";
    /// Asks before a ticket is closed.
    CONFIRM_CLOSE:
        "Shall I close ticket {id}?", "Skal jeg lukke sag {id}?", "Dois-je fermer le ticket {id} ?",
        "Devo chiudere il ticket {id}?", "Soll ich Ticket {id} schließen?";
        plain "Shall I close the ticket?", "Skal jeg lukke sagen?", "Dois-je fermer le ticket ?",
        "Devo chiudere il ticket?", "Soll ich das Ticket schließen?";
    /// Asks before a contact is added.
    CONFIRM_CONTACT:
        "Shall I save these details: {values}?", "Skal jeg gemme disse oplysninger: {values}?",
        "Dois-je enregistrer ces coordonnées : {values} ?", "Devo salvare questi dati: {values}?",
        "Soll ich diese Angaben speichern: {values}?";
        plain "Shall I save these details?", "Skal jeg gemme disse oplysninger?", "Dois-je enregistrer ces coordonnées ?",
        "Devo salvare questi dati?", "Soll ich diese Angaben speichern?";
    /// Asks before a contact is changed.
    CONFIRM_CHANGES:
        "Shall I change this: {values}?", "Skal jeg ændre dette: {values}?", "Dois-je modifier ceci : {values} ?",
        "Devo cambiare questo: {values}?", "Soll ich dies ändern: {values}?";
        plain "Shall I save this change?", "Skal jeg gemme denne ændring?", "Dois-je enregistrer cette modification ?",
        "Devo salvare questa modifica?", "Soll ich diese Änderung speichern?";
    /// Asks before a task is made for a colleague.
    CONFIRM_TASK:
        "Shall I pass this on to a colleague: “{text}”?", "Skal jeg give dette videre til en kollega: “{text}”?",
        "Dois-je transmettre ceci à un collègue : « {text} » ?", "Devo inoltrare questo a un collega: “{text}”?",
        "Soll ich dies an einen Kollegen weitergeben: „{text}“?";
        plain "Shall I pass this on to a colleague?", "Skal jeg give dette videre til en kollega?",
        "Dois-je transmettre ceci à un collègue ?", "Devo inoltrare questo a un collega?",
        "Soll ich dies an einen Kollegen weitergeben?";
    /// Asks before any other tool writes.
    CONFIRM_OTHER:
        "Shall I do this: {what}?", "Skal jeg gøre dette: {what}?",
        "Dois-je faire ceci : {what} ?", "Devo fare questo: {what}?",
        "Soll ich dies tun: {what}?";
        plain "Shall I do this?", "Skal jeg gøre dette?", "Dois-je faire ceci ?", "Devo fare questo?",
        "Soll ich dies tun?";
}
