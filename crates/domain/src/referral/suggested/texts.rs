//! Our suggestions as data: French, English, Dutch, German.

use super::{ArchiveReason, RedirectCode, RefusalCode};
use crate::shared::Labels;

/// For a refusal: to the sender.
pub(super) const fn refusal(code: RefusalCode) -> Labels {
    match code {
        RefusalCode::PersonUnreachable => Labels::new(
            "Malgré plusieurs tentatives, nous n'avons pas réussi à joindre la personne. Si ses coordonnées ont changé, vous pouvez nous adresser une nouvelle demande.",
            "We tried several times and could not reach the person. If the contact details have changed, you may send us a new referral.",
            "We hebben meermaals geprobeerd de persoon te bereiken, zonder resultaat. Zijn de contactgegevens veranderd, dan mag u ons een nieuwe verwijzing sturen.",
            "Wir haben mehrmals versucht, die Person zu erreichen, leider ohne Erfolg. Haben sich die Kontaktdaten geändert, können Sie uns gern eine neue Vermittlung senden.",
        ),
        RefusalCode::PersonAbsent => Labels::new(
            "La personne ne s'est pas présentée au rendez-vous proposé. Vous pouvez nous adresser une nouvelle demande si elle souhaite reprendre la démarche.",
            "The person did not come to the appointment. You may send us a new referral if the person wants to try again.",
            "De persoon is niet naar de afspraak gekomen. Wil zij of hij het opnieuw proberen, dan mag u ons een nieuwe verwijzing sturen.",
            "Die Person ist nicht zum vereinbarten Termin gekommen. Möchte sie es noch einmal versuchen, können Sie uns eine neue Vermittlung senden.",
        ),
        RefusalCode::PersonEmployed => Labels::new(
            "La personne est désormais en emploi : nous ne donnons pas suite à la demande.",
            "The person is now in work, so we do not take the request further.",
            "De persoon heeft intussen werk: we gaan niet verder met de aanvraag.",
            "Die Person hat inzwischen Arbeit gefunden; wir führen die Anfrage daher nicht weiter.",
        ),
        RefusalCode::PersonInTraining => Labels::new(
            "La personne est désormais en formation : nous ne donnons pas suite à la demande.",
            "The person is now in training, so we do not take the request further.",
            "De persoon volgt intussen een opleiding: we gaan niet verder met de aanvraag.",
            "Die Person ist inzwischen in Ausbildung; wir führen die Anfrage daher nicht weiter.",
        ),
        RefusalCode::NotEligible => Labels::new(
            "La personne ne remplit pas les conditions d'accès à ce service. D'autres services du répertoire peuvent convenir.",
            "The person does not meet the conditions of this service. Other services of the directory may fit.",
            "De persoon voldoet niet aan de voorwaarden van deze dienst. Andere diensten uit de gids kunnen passen.",
            "Die Person erfüllt die Bedingungen dieses Angebots nicht. Andere Angebote im Verzeichnis können passen.",
        ),
        RefusalCode::CannotTravel => Labels::new(
            "La personne ne peut pas se rendre sur le lieu du service. Un service plus proche ou à distance conviendrait mieux.",
            "The person cannot come to the place of the service. A closer or remote service would fit better.",
            "De persoon kan niet naar de plaats van de dienst komen. Een dienst dichterbij of op afstand past beter.",
            "Die Person kann nicht zum Ort des Angebots kommen. Ein näheres Angebot oder eines aus der Ferne wäre besser.",
        ),
        RefusalCode::NotInterested => Labels::new(
            "Après échange, la personne n'est pas intéressée par ce service.",
            "After talking with us, the person is not interested in this service.",
            "Na een gesprek blijkt de persoon geen interesse te hebben in deze dienst.",
            "Nach einem Gespräch hat die Person kein Interesse an diesem Angebot.",
        ),
        RefusalCode::OtherObstacles => Labels::new(
            "D'autres difficultés sont à résoudre avant que ce service puisse aider la personne. Vous pourrez nous adresser une nouvelle demande ensuite.",
            "Other difficulties have to be solved before this service can help. You may send us a new referral afterwards.",
            "Eerst moeten andere moeilijkheden worden opgelost voor deze dienst kan helpen. Daarna mag u ons een nieuwe verwijzing sturen.",
            "Bevor dieses Angebot helfen kann, sind andere Schwierigkeiten zu lösen. Danach können Sie uns gern eine neue Vermittlung senden.",
        ),
        RefusalCode::NoCapacity => Labels::new(
            "Nous n'avons plus de place pour le moment et ne pouvons pas prendre la personne en charge.",
            "We have no place at the moment and cannot take the person in charge.",
            "We hebben op dit moment geen plaats en kunnen de persoon niet opnemen.",
            "Wir haben zurzeit keinen Platz und können die Person nicht aufnehmen.",
        ),
        RefusalCode::Duplicate => Labels::new(
            "Nous avons déjà reçu une demande pour cette personne ; celle-ci fait double emploi.",
            "We already have a request for this person; this one is a duplicate.",
            "We hebben voor deze persoon al een aanvraag; deze is dubbel.",
            "Wir haben für diese Person schon eine Anfrage; diese ist doppelt.",
        ),
        RefusalCode::OutOfArea => Labels::new(
            "La personne n'habite pas le territoire couvert par ce service.",
            "The person does not live in the area that this service covers.",
            "De persoon woont niet in het gebied van deze dienst.",
            "Die Person wohnt nicht im Gebiet dieses Angebots.",
        ),
        RefusalCode::PersonDeclined => Labels::new(
            "La personne nous a dit ne pas souhaiter donner suite.",
            "The person told us that they do not wish to go on.",
            "De persoon heeft ons gezegd niet verder te willen.",
            "Die Person hat uns gesagt, dass sie nicht weitermachen möchte.",
        ),
        RefusalCode::Other => Labels::new(
            "Nous ne pouvons pas donner suite à cette demande. Contactez-nous pour en savoir plus.",
            "We cannot take this request further. Please contact us to learn more.",
            "We kunnen niet verder met deze aanvraag. Neem contact met ons op voor meer uitleg.",
            "Wir können diese Anfrage nicht weiterführen. Bitte melden Sie sich bei uns, wenn Sie mehr wissen möchten.",
        ),
    }
}

/// For a hand-over: to the next receiver.
pub(super) const fn redirect(code: RedirectCode) -> Labels {
    match code {
        RedirectCode::NeedNotCovered => Labels::new(
            "Après étude, ce besoin relève davantage de votre service que du nôtre.",
            "Having looked into it, we think this need is more in your field than in ours.",
            "Na bekijken hoort deze nood meer bij uw dienst dan bij de onze.",
            "Nach Prüfung passt dieser Bedarf besser zu Ihrem Angebot als zu unserem.",
        ),
        RedirectCode::NoCapacity => Labels::new(
            "Nous n'avons pas de place dans un délai raisonnable et ne voulons pas faire attendre la personne.",
            "We have no place within a reasonable time and do not want to keep the person waiting.",
            "We hebben niet binnen een redelijke tijd plaats en willen de persoon niet laten wachten.",
            "Wir haben in absehbarer Zeit keinen Platz und möchten die Person nicht warten lassen.",
        ),
        RedirectCode::OutOfArea => Labels::new(
            "La personne habite le territoire que vous couvrez, et non le nôtre.",
            "The person lives in the area that you cover, not in ours.",
            "De persoon woont in uw gebied, niet in het onze.",
            "Die Person wohnt in Ihrem Gebiet, nicht in unserem.",
        ),
        RedirectCode::Language => Labels::new(
            "La personne sera mieux accompagnée dans sa langue, que personne ne parle chez nous.",
            "The person will be helped better in their own language, which nobody speaks here.",
            "De persoon wordt beter geholpen in de eigen taal, die hier niemand spreekt.",
            "In ihrer eigenen Sprache, die bei uns niemand spricht, ist der Person besser geholfen.",
        ),
        RedirectCode::PersonAsked => Labels::new(
            "La personne souhaite être accompagnée par votre structure.",
            "The person wishes to be supported by your organisation.",
            "De persoon wil graag door uw organisatie begeleid worden.",
            "Die Person möchte von Ihrer Einrichtung begleitet werden.",
        ),
        RedirectCode::CloserService => Labels::new(
            "Votre service est plus proche du domicile de la personne.",
            "Your service is closer to where the person lives.",
            "Uw dienst is dichter bij de woonplaats van de persoon.",
            "Ihr Angebot liegt näher am Wohnort der Person.",
        ),
        RedirectCode::Other => Labels::new(
            "Nous vous transmettons cette demande. Contactez-nous si vous souhaitez en parler.",
            "We pass this request on to you. Please contact us if you would like to talk about it.",
            "We geven deze aanvraag aan u door. Neem gerust contact op om erover te praten.",
            "Wir geben diese Anfrage an Sie weiter. Melden Sie sich gern, wenn Sie darüber sprechen möchten.",
        ),
    }
}

/// For an archiving that ends the referral: to the sender. What happened to the person is not told in a mail.
pub(super) const fn archive(code: ArchiveReason) -> Labels {
    match code {
        ArchiveReason::PersonDeclined => Labels::new(
            "La personne ne souhaite pas l'aide proposée. Nous en restons là, dans le respect de son choix.",
            "The person does not want the help on offer. We respect that and stop here.",
            "De persoon wil de voorgestelde hulp niet. We respecteren dat en stoppen hier.",
            "Die Person möchte die angebotene Hilfe nicht. Wir achten das und beenden es hier.",
        ),
        ArchiveReason::PersonUnable => Labels::new(
            "La personne n'est pas en mesure de poursuivre pour le moment. Une nouvelle demande reste possible.",
            "The person is not able to go on at the moment. A new referral remains possible.",
            "De persoon kan op dit moment niet verder. Een nieuwe verwijzing blijft mogelijk.",
            "Die Person kann zurzeit nicht weitermachen. Eine neue Vermittlung bleibt möglich.",
        ),
        ArchiveReason::PersonStopped => Labels::new(
            "La personne a mis fin à l'accompagnement. Une nouvelle demande reste possible.",
            "The person ended the support. A new referral remains possible.",
            "De persoon is met de begeleiding gestopt. Een nieuwe verwijzing blijft mogelijk.",
            "Die Person hat die Begleitung beendet. Eine neue Vermittlung bleibt möglich.",
        ),
        ArchiveReason::MovedAway => Labels::new(
            "La personne a déménagé hors de notre territoire.",
            "The person has moved out of our area.",
            "De persoon is uit ons gebied verhuisd.",
            "Die Person ist aus unserem Gebiet weggezogen.",
        ),
        ArchiveReason::Hospitalised => Labels::new(
            "La personne ne peut pas poursuivre pour le moment. Une nouvelle demande sera la bienvenue plus tard.",
            "The person cannot go on at the moment. A new referral will be welcome later.",
            "De persoon kan op dit moment niet verder. Een nieuwe verwijzing is later welkom.",
            "Die Person kann zurzeit nicht weitermachen. Eine neue Vermittlung ist später willkommen.",
        ),
        ArchiveReason::Deceased => Labels::new(
            "L'accompagnement est clos. Contactez-nous pour en parler.",
            "The support has been closed. Please contact us to talk about it.",
            "De begeleiding is afgesloten. Neem contact met ons op om erover te praten.",
            "Die Begleitung ist abgeschlossen. Bitte melden Sie sich bei uns, um darüber zu sprechen.",
        ),
        ArchiveReason::InWorkOrTraining => Labels::new(
            "La personne est désormais en emploi ou en formation : l'accompagnement prend fin.",
            "The person is now in work or training, so the support ends.",
            "De persoon is intussen aan het werk of in opleiding: de begeleiding stopt.",
            "Die Person ist inzwischen in Arbeit oder Ausbildung; die Begleitung endet damit.",
        ),
        ArchiveReason::Unreachable => Labels::new(
            "Malgré plusieurs tentatives, nous n'arrivons plus à joindre la personne.",
            "We tried several times and can no longer reach the person.",
            "Ondanks meerdere pogingen bereiken we de persoon niet meer.",
            "Trotz mehrerer Versuche erreichen wir die Person nicht mehr.",
        ),
        ArchiveReason::HandledElsewhere => Labels::new(
            "La personne est maintenant suivie par une autre structure.",
            "The person is now supported by another organisation.",
            "De persoon wordt nu door een andere organisatie begeleid.",
            "Die Person wird jetzt von einer anderen Einrichtung begleitet.",
        ),
        ArchiveReason::Other => Labels::new(
            "Nous classons cette demande. Contactez-nous pour en savoir plus.",
            "We are closing this request. Please contact us to learn more.",
            "We sluiten deze aanvraag af. Neem contact met ons op voor meer uitleg.",
            "Wir schließen diese Anfrage ab. Bitte melden Sie sich bei uns, wenn Sie mehr wissen möchten.",
        ),
    }
}
