//! Sentences that name a value of the conversation or of a result. Each has a plain one beside it, which is said where a value
//! is not known: no sentence has a hole.

use super::kind::{Text, TextWithValues};

texts_with_values! {
    /// An example of a value.
    EXAMPLE:
        "For example: {example}", "For eksempel: {example}", "Par exemple : {example}", "Per esempio: {example}",
        "Zum Beispiel: {example}";
        plain "For example: name@example.com", "For eksempel: name@example.com", "Par exemple : name@example.com",
        "Per esempio: name@example.com", "Zum Beispiel: name@example.com";
    /// Another address is said behind what was made for one.
    WRONG_ADDRESS:
        "Was {before} the wrong address? Then I do the same again for {address}.",
        "Var {before} den forkerte adresse? Så gør jeg det samme igen for {address}.",
        "L'adresse {before} était-elle fausse ? Dans ce cas, je recommence pour {address}.",
        "L'indirizzo {before} era sbagliato? Allora lo rifaccio per {address}.",
        "War {before} die falsche Adresse? Dann mache ich dasselbe noch einmal für {address}.";
        plain "Was the address before wrong? Then I do the same again for the new one.",
        "Var adressen før forkert? Så gør jeg det samme igen for den nye.",
        "L'adresse précédente était-elle fausse ? Dans ce cas, je recommence pour la nouvelle.",
        "L'indirizzo di prima era sbagliato? Allora lo rifaccio per quello nuovo.",
        "War die Adresse davor falsch? Dann mache ich dasselbe noch einmal für die neue.";
    /// An address is near the one that was typed.
    MEANT_ADDRESS:
        "Did you mean {address}?", "Mente du {address}?", "Vouliez-vous dire {address} ?", "Intendeva {address}?",
        "Meinten Sie {address}?";
        plain "Did you mean another e-mail address?", "Mente du en anden e-mailadresse?",
        "Vouliez-vous dire une autre adresse e-mail ?", "Intendeva un altro indirizzo e-mail?",
        "Meinten Sie eine andere E-Mail-Adresse?";
    /// Several addresses were given.
    WHICH_ADDRESS:
        "You gave several e-mail addresses: {addresses}. Which one is yours?",
        "Du har skrevet flere e-mailadresser: {addresses}. Hvilken er din?",
        "Vous avez donné plusieurs adresses e-mail : {addresses}. Laquelle est la vôtre ?",
        "Ha indicato più indirizzi e-mail: {addresses}. Qual è il suo?",
        "Sie haben mehrere E-Mail-Adressen genannt: {addresses}. Welche ist Ihre?";
        plain "You gave several e-mail addresses. Which one is yours?",
        "Du har skrevet flere e-mailadresser. Hvilken er din?",
        "Vous avez donné plusieurs adresses e-mail. Laquelle est la vôtre ?",
        "Ha indicato più indirizzi e-mail. Qual è il suo?",
        "Sie haben mehrere E-Mail-Adressen genannt. Welche ist Ihre?";
    /// Asks for the address of somebody whom the visitor writes about.
    WHICH_ADDRESS_IS_MEANT:
        "I read several e-mail addresses: {addresses}. Which one is meant?",
        "Jeg læser flere e-mailadresser: {addresses}. Hvilken er ment?",
        "Je lis plusieurs adresses e-mail : {addresses}. Laquelle est concernée ?",
        "Leggo più indirizzi e-mail: {addresses}. Quale si intende?",
        "Ich lese mehrere E-Mail-Adressen: {addresses}. Welche ist gemeint?";
        plain "I read several e-mail addresses. Which one is meant?", "Jeg læser flere e-mailadresser. Hvilken er ment?",
        "Je lis plusieurs adresses e-mail. Laquelle est concernée ?",
        "Leggo più indirizzi e-mail. Quale si intende?", "Ich lese mehrere E-Mail-Adressen. Welche ist gemeint?";
    /// Asks for a length.
    ASK_DURATION:
        "How many minutes should it take: {durations}?", "Hvor mange minutter skal det vare: {durations}?",
        "Combien de minutes : {durations} ?", "Quanti minuti: {durations}?",
        "Wie viele Minuten soll es dauern: {durations}?";
        plain "How many minutes should it take?", "Hvor mange minutter skal det vare?",
        "Combien de minutes cela doit-il durer ?", "Quanti minuti deve durare?", "Wie viele Minuten soll es dauern?";
    /// Asks for another value.
    ASK_OTHER:
        "I need this of you: {what}", "Jeg skal bruge dette: {what}", "Il me faut ceci : {what}",
        "Mi serve questo: {what}", "Ich brauche dies von Ihnen: {what}";
        plain "I need one more detail.", "Jeg skal bruge endnu en oplysning.", "Il me faut encore une précision.",
        "Mi serve ancora un dato.", "Ich brauche noch eine Angabe.";
    /// After a customer is recognised.
    RECOGNISED:
        "Thank you, {name}.", "Tak, {name}.", "Merci, {name}.", "Grazie, {name}.", "Danke, {name}.";
        plain "Thank you.", "Tak.", "Merci.", "Grazie.", "Danke.";
    /// An address that no customer has.
    UNKNOWN_ADDRESS:
        "I do not find {who} among our customers. Is there another address, or are you new here?",
        "Jeg finder ikke {who} blandt vores kunder. Er der en anden adresse, eller er du ny her?",
        "Je ne trouve pas {who} parmi nos clients. Y a-t-il une autre adresse, ou êtes-vous nouveau ?",
        "Non trovo {who} tra i nostri clienti. C'è un altro indirizzo, o è nuovo qui?",
        "Ich finde {who} nicht unter unseren Kunden. Gibt es eine andere Adresse, oder sind Sie neu hier?";
        plain "I do not find this address among our customers. Is there another one, or are you new here?",
        "Jeg finder ikke denne adresse blandt vores kunder. Er der en anden, eller er du ny her?",
        "Je ne trouve pas cette adresse parmi nos clients. Y en a-t-il une autre, ou êtes-vous nouveau ?",
        "Non trovo questo indirizzo tra i nostri clienti. Ce n'è un altro, o è nuovo qui?",
        "Ich finde diese Adresse nicht unter unseren Kunden. Gibt es eine andere, oder sind Sie neu hier?";
    /// Before free times.
    FREE_TIMES:
        "Free on {day}, {zone}:", "Ledigt {day}, {zone}:", "Libre le {day}, {zone} :", "Libero {day}, {zone}:",
        "Frei am {day}, {zone}:";
        plain "Free times:", "Ledige tider:", "Heures libres :", "Orari liberi:", "Freie Zeiten:";
    /// Nothing is free on a day.
    NOTHING_FREE:
        "Nothing is free on {day}, {zone}. The next free times:",
        "Der er intet ledigt {day}, {zone}. De næste ledige tider:",
        "Rien n'est libre le {day}, {zone}. Les prochains créneaux :",
        "Non c'è nulla di libero {day}, {zone}. I prossimi orari liberi:",
        "Am {day}, {zone}, ist nichts frei. Die nächsten freien Zeiten:";
        plain "Nothing is free then. The next free times:", "Der er intet ledigt dér. De næste ledige tider:",
        "Rien n'est libre à ce moment. Les prochains créneaux :",
        "Non c'è nulla di libero allora. I prossimi orari liberi:",
        "Dann ist nichts frei. Die nächsten freien Zeiten:";
    /// A ticket was opened.
    TICKET_OPENED:
        "I have opened ticket {id}: “{subject}”.", "Jeg har oprettet sag {id}: “{subject}”.",
        "J'ai ouvert le ticket {id} : « {subject} ».", "Ho aperto il ticket {id}: “{subject}”.",
        "Ich habe Ticket {id} eröffnet: „{subject}“.";
        plain "I have opened a ticket.", "Jeg har oprettet en sag.", "J'ai ouvert un ticket.", "Ho aperto un ticket.",
        "Ich habe ein Ticket eröffnet.";
    /// A ticket was changed.
    TICKET_CHANGED:
        "Ticket {id} is changed: {changes}.", "Sag {id} er ændret: {changes}.",
        "Le ticket {id} est modifié : {changes}.", "Il ticket {id} è modificato: {changes}.",
        "Ticket {id} ist geändert: {changes}.";
        plain "The ticket is changed.", "Sagen er ændret.", "Le ticket est modifié.", "Il ticket è modificato.",
        "Das Ticket ist geändert.";
    /// Something was added to a ticket.
    NOTE_ADDED:
        "I have added it to ticket {id}.", "Jeg har tilføjet det til sag {id}.", "Je l'ai ajouté au ticket {id}.",
        "L'ho aggiunto al ticket {id}.", "Ich habe es zu Ticket {id} ergänzt.";
        plain "I have added it to the ticket.", "Jeg har tilføjet det til sagen.", "Je l'ai ajouté au ticket.",
        "L'ho aggiunto al ticket.", "Ich habe es zum Ticket ergänzt.";
    /// A meeting was booked.
    MEETING_BOOKED:
        "It is booked: {day} at {time}, {zone}. You will get an invitation.",
        "Det er booket: {day} kl. {time}, {zone}. Du får en invitation.",
        "C'est réservé : le {day} à {time}, {zone}. Vous recevrez une invitation.",
        "È prenotato: {day} alle {time}, {zone}. Riceverà un invito.",
        "Es ist gebucht: {day} um {time}, {zone}. Sie erhalten eine Einladung.";
        plain "It is booked. You will get an invitation.", "Det er booket. Du får en invitation.",
        "C'est réservé. Vous recevrez une invitation.", "È prenotato. Riceverà un invito.",
        "Es ist gebucht. Sie erhalten eine Einladung.";
    /// A contact was added.
    CONTACT_ADDED:
        "These details are saved: {name}.", "Oplysningerne er gemt: {name}.",
        "Les coordonnées sont enregistrées : {name}.", "I dati sono salvati: {name}.",
        "Die Angaben sind gespeichert: {name}.";
        plain "These details are saved.", "Oplysningerne er gemt.", "Les coordonnées sont enregistrées.",
        "I dati sono salvati.", "Die Angaben sind gespeichert.";
    /// A contact was there already.
    CONTACT_EXISTS:
        "These details are here already, and nothing was changed: {name}.",
        "Oplysningerne findes allerede, og intet blev ændret: {name}.",
        "Ces coordonnées existent déjà, rien n'a été modifié : {name}.",
        "Questi dati ci sono già e nulla è stato cambiato: {name}.",
        "Diese Angaben gibt es schon, und nichts wurde geändert: {name}.";
        plain "These details are here already, and nothing was changed.",
        "Oplysningerne findes allerede, og intet blev ændret.",
        "Ces coordonnées existent déjà, rien n'a été modifié.", "Questi dati ci sono già e nulla è stato cambiato.",
        "Diese Angaben gibt es schon, und nichts wurde geändert.";
    /// A contact was changed.
    CONTACT_CHANGED:
        "Changed: {changes}.", "Ændret: {changes}.", "Modifié : {changes}.", "Modificato: {changes}.",
        "Geändert: {changes}.";
        plain "The change is saved.", "Ændringen er gemt.", "La modification est enregistrée.", "La modifica è salvata.",
        "Die Änderung ist gespeichert.";
    /// A passage of a document.
    PASSAGE:
        "{text} (from “{title}”)", "{text} (fra “{title}”)", "{text} (de « {title} »)", "{text} (da “{title}”)",
        "{text} (aus „{title}“)";
        plain "Our documents have something about that.", "Vores dokumenter har noget om det.",
        "Nos documents en parlent.", "I nostri documenti ne parlano.", "Unsere Dokumente sagen etwas dazu.";
    /// A passage of which it is not certain that it answers.
    NEAR_PASSAGE:
        "I found nothing certain about that. What comes nearest in our documents: {passage}",
        "Jeg fandt intet sikkert om det. Det, der kommer nærmest i vores dokumenter: {passage}",
        "Je n'ai rien trouvé de certain à ce sujet. Ce qui s'en approche le plus dans nos documents : {passage}",
        "Non ho trovato nulla di certo al riguardo. La cosa più vicina nei nostri documenti: {passage}",
        "Dazu habe ich nichts Sicheres gefunden. Am nächsten kommt in unseren Dokumenten: {passage}";
        plain "I found nothing certain about that.", "Jeg fandt intet sikkert om det.", "Je n'ai rien trouvé de certain à ce sujet.",
        "Non ho trovato nulla di certo al riguardo.", "Dazu habe ich nichts Sicheres gefunden.";
    /// Another matter is asked for.
    SWITCH:
        "You asked for “{to}” while we are at “{from}”. What shall we do?",
        "Du bad om “{to}”, mens vi er i gang med “{from}”. Hvad skal vi gøre?",
        "Vous demandez « {to} » alors que nous traitons « {from} ». Que faisons-nous ?",
        "Ha chiesto “{to}” mentre siamo a “{from}”. Che cosa facciamo?",
        "Sie fragten nach „{to}“, während wir bei „{from}“ sind. Was sollen wir tun?";
        plain "You asked for something else while we are at another matter. What shall we do?",
        "Du bad om noget andet, mens vi er i gang. Hvad skal vi gøre?",
        "Vous demandez autre chose alors que nous traitons une affaire. Que faisons-nous ?",
        "Ha chiesto altro mentre siamo a una questione. Che cosa facciamo?",
        "Sie fragten nach etwas anderem, während wir noch bei einer Sache sind. Was sollen wir tun?";
    /// After a task was made for a colleague who is known.
    PASSED_ON_TO:
        "I have passed this on to {name}, who will get back to you.",
        "Jeg har givet det videre til {name}, som vender tilbage til dig.",
        "Je l'ai transmis à {name}, qui reviendra vers vous.", "L'ho inoltrato a {name}, che la ricontatterà.",
        "Ich habe das an {name} weitergegeben; Sie hören von dort.";
        plain "I have passed this on to a colleague, who will get back to you.",
        "Jeg har givet det videre til en kollega, som vender tilbage til dig.",
        "Je l'ai transmis à un collègue, qui reviendra vers vous.",
        "L'ho inoltrato a un collega, che la ricontatterà.",
        "Ich habe das an einen Kollegen weitergegeben; Sie hören von dort.";
    /// Asks about a matter that was interrupted.
    GO_ON:
        "Shall we go on with “{matter}”?", "Skal vi fortsætte med “{matter}”?",
        "Continuons-nous avec « {matter} » ?", "Continuiamo con “{matter}”?", "Machen wir mit „{matter}“ weiter?";
        plain "Shall we go on with what we were at?", "Skal vi fortsætte, hvor vi slap?",
        "Reprenons-nous ce que nous faisions ?", "Continuiamo da dove eravamo?",
        "Machen wir dort weiter, wo wir waren?";
}
