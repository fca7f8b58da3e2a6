//! The questions before something is written.

use super::kind::Text;

texts! {
    /// The name of the meeting link, within the question before a meeting: it says whom they meet.
    OF_LINK: "“{link}”, ", "“{link}”, ", "« {link} », ", "“{link}”, ", "„{link}“, ";
    /// Asks before a meeting is booked.
    CONFIRM_MEETING:
        "Shall I book {day} at {time}, {zone}, {minutes} minutes, {link}for {whom}?",
        "Skal jeg booke {day} kl. {time}, {zone}, {minutes} minutter, {link}for {whom}?",
        "Dois-je réserver le {day} à {time}, {zone}, {minutes} minutes, {link}pour {whom} ?",
        "Devo prenotare {day} alle {time}, {zone}, {minutes} minuti, {link}per {whom}?",
        "Soll ich {day} um {time}, {zone}, {minutes} Minuten, {link}für {whom} buchen?";
    /// Asks before a ticket is opened.
    CONFIRM_TICKET:
        "Shall I open a ticket with these words: “{text}”?", "Skal jeg oprette en sag med disse ord: “{text}”?",
        "Dois-je ouvrir un ticket avec ces mots : « {text} » ?", "Devo aprire un ticket con queste parole: “{text}”?",
        "Soll ich ein Ticket mit diesen Worten eröffnen: „{text}“?";
    /// Asks before something is added to a ticket.
    CONFIRM_NOTE:
        "Shall I add this to ticket {id}: “{text}”?", "Skal jeg tilføje dette til sag {id}: “{text}”?",
        "Dois-je ajouter ceci au ticket {id} : « {text} » ?", "Devo aggiungere questo al ticket {id}: “{text}”?",
        "Soll ich dies zu Ticket {id} ergänzen: „{text}“?";
    /// Asks before a ticket is reopened.
    CONFIRM_REOPEN:
        "Shall I reopen ticket {id}?", "Skal jeg genåbne sag {id}?", "Dois-je rouvrir le ticket {id} ?", "Devo riaprire il ticket {id}?",
        "Soll ich Ticket {id} wieder öffnen?";
    /// Asks before a ticket is closed.
    CONFIRM_CLOSE:
        "Shall I close ticket {id}?", "Skal jeg lukke sag {id}?", "Dois-je fermer le ticket {id} ?", "Devo chiudere il ticket {id}?",
        "Soll ich Ticket {id} schließen?";
    /// Asks before a contact is added.
    CONFIRM_CONTACT:
        "Shall I save these details: {values}?", "Skal jeg gemme disse oplysninger: {values}?",
        "Dois-je enregistrer ces coordonnées : {values} ?", "Devo salvare questi dati: {values}?",
        "Soll ich diese Angaben speichern: {values}?";
    /// Asks before a contact is changed.
    CONFIRM_CHANGES:
        "Shall I change this: {values}?", "Skal jeg ændre dette: {values}?", "Dois-je modifier ceci : {values} ?",
        "Devo cambiare questo: {values}?", "Soll ich dies ändern: {values}?";
    /// Asks before a task is made for a colleague.
    CONFIRM_TASK:
        "Shall I pass this on to a colleague: “{text}”?", "Skal jeg give dette videre til en kollega: “{text}”?",
        "Dois-je transmettre ceci à un collègue : « {text} » ?", "Devo inoltrare questo a un collega: “{text}”?",
        "Soll ich dies an einen Kollegen weitergeben: „{text}“?";
    /// Asks before any other tool writes.
    CONFIRM_OTHER:
        "Shall I do this: {what} ({values})?", "Skal jeg gøre dette: {what} ({values})?", "Dois-je faire ceci : {what} ({values}) ?",
        "Devo fare questo: {what} ({values})?", "Soll ich dies tun: {what} ({values})?";
}
