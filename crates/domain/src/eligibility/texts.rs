//! Reasons and standard questions in four languages, as data.

use super::reason::ReasonCode;
use crate::directory::{COVERAGE_ID, CriterionKind};
use crate::shared::Labels;

/// A text, English first as the code reads.
const fn text(en: &'static str, fr: &'static str, nl: &'static str, de: &'static str) -> Labels {
    Labels::new(fr, en, nl, de)
}

/// What the program's own criteria are called.
pub(super) fn own_label(id: &str) -> Labels {
    if id == COVERAGE_ID {
        text(
            "Lives in the area that the service covers",
            "Habite le territoire couvert par le service",
            "Woont in het werkgebied van de dienst",
            "Wohnt im Einzugsgebiet des Angebots",
        )
    } else {
        text(
            "Belongs to the audiences of the service",
            "Fait partie des publics du service",
            "Behoort tot de doelgroepen van de dienst",
            "Gehört zu den Zielgruppen des Angebots",
        )
    }
}

impl CriterionKind {
    /// The question that settles a criterion of this kind when the service has none of its own. None for questions, which have
    /// theirs, and for counts.
    pub const fn standard_question(self) -> Option<Labels> {
        Some(match self {
            Self::Age => text("How old is the person?", "Quel âge a la personne ?", "Hoe oud is de persoon?", "Wie alt ist die Person?"),
            Self::Residence => text(
                "In which commune does the person live?",
                "Dans quelle commune la personne habite-t-elle ?",
                "In welke gemeente woont de persoon?",
                "In welcher Gemeinde wohnt die Person?",
            ),
            Self::Audience => text(
                "To which of these audiences does the person belong?",
                "De quels publics la personne fait-elle partie ?",
                "Tot welke van deze doelgroepen behoort de persoon?",
                "Zu welchen dieser Zielgruppen gehört die Person?",
            ),
            Self::Status => text(
                "Which of these statuses does the person have?",
                "Lesquels de ces statuts la personne a-t-elle ?",
                "Welke van deze statussen heeft de persoon?",
                "Welchen dieser Status hat die Person?",
            ),
            Self::Income => text(
                "What does the household live on, and how many people belong to it?",
                "De quelles ressources le foyer dispose-t-il, et combien de personnes compte-t-il ?",
                "Waarvan leeft het huishouden, en uit hoeveel personen bestaat het?",
                "Wovon lebt der Haushalt, und wie viele Personen gehören dazu?",
            ),
            Self::Document => text(
                "Does the person have this document, and of which day is it?",
                "La personne a-t-elle ce document, et de quand date-t-il ?",
                "Heeft de persoon dit document, en van welke datum is het?",
                "Hat die Person dieses Dokument, und von welchem Tag ist es?",
            ),
            Self::Question | Self::Count => return None,
        })
    }
}

impl ReasonCode {
    /// The reason in words.
    pub const fn text(self) -> Labels {
        match self {
            Self::AgeWithin | Self::AgeBelow | Self::AgeAbove | Self::AgeNotTold => self.of_age(),
            Self::LivesThere | Self::LivesElsewhere | Self::HomeNotTold | Self::ZoneNotKnown => self.of_home(),
            Self::IncomeWithin | Self::IncomeAbove | Self::IncomeNotTold | Self::HouseholdNotTold | Self::CurrencyDiffers => {
                self.of_income()
            }
            Self::DocumentAtHand | Self::DocumentNotAtHand | Self::DocumentExpired | Self::DocumentNotTold | Self::DocumentDateNotTold => {
                self.of_document()
            }
            _ => self.of_answers(),
        }
    }

    const fn of_age(self) -> Labels {
        match self {
            Self::AgeWithin => text("The age fits", "L’âge convient", "De leeftijd klopt", "Das Alter passt"),
            Self::AgeBelow => {
                text("The person is too young", "La personne est trop jeune", "De persoon is te jong", "Die Person ist zu jung")
            }
            Self::AgeAbove => text("The person is too old", "La personne est trop âgée", "De persoon is te oud", "Die Person ist zu alt"),
            _ => text(
                "The age is not known exactly enough",
                "L’âge n’est pas connu assez précisément",
                "De leeftijd is niet precies genoeg bekend",
                "Das Alter ist nicht genau genug bekannt",
            ),
        }
    }

    const fn of_home(self) -> Labels {
        match self {
            Self::LivesThere => text("The person lives there", "La personne y habite", "De persoon woont daar", "Die Person wohnt dort"),
            Self::LivesElsewhere => {
                text("The person lives elsewhere", "La personne habite ailleurs", "De persoon woont elders", "Die Person wohnt anderswo")
            }
            Self::HomeNotTold => text(
                "It is not told where the person lives",
                "Le lieu de résidence n’est pas indiqué",
                "De woonplaats is niet opgegeven",
                "Der Wohnort ist nicht angegeben",
            ),
            _ => text(
                "It is not known whether the commune lies in the area",
                "On ne sait pas si la commune fait partie du territoire",
                "Het is niet bekend of de gemeente in het gebied ligt",
                "Es ist nicht bekannt, ob die Gemeinde im Gebiet liegt",
            ),
        }
    }

    const fn of_income(self) -> Labels {
        match self {
            Self::IncomeWithin => text(
                "The income is within the limit",
                "Les ressources sont sous le plafond",
                "Het inkomen is niet te hoog",
                "Das Einkommen liegt unter der Grenze",
            ),
            Self::IncomeAbove => text(
                "The income is above the limit",
                "Les ressources dépassent le plafond",
                "Het inkomen is te hoog",
                "Das Einkommen liegt über der Grenze",
            ),
            Self::IncomeNotTold => text(
                "The income is not told",
                "Les ressources ne sont pas indiquées",
                "Het inkomen is niet opgegeven",
                "Das Einkommen ist nicht angegeben",
            ),
            Self::HouseholdNotTold => text(
                "The limit depends on the size of the household, which is not told",
                "Le plafond dépend de la taille du foyer, qui n’est pas indiquée",
                "De grens hangt af van de grootte van het huishouden, die niet is opgegeven",
                "Die Grenze hängt von der Haushaltsgrösse ab, die nicht angegeben ist",
            ),
            _ => text(
                "The income is told in another currency",
                "Les ressources sont indiquées dans une autre monnaie",
                "Het inkomen is in een andere valuta opgegeven",
                "Das Einkommen ist in einer anderen Währung angegeben",
            ),
        }
    }

    const fn of_document(self) -> Labels {
        match self {
            Self::DocumentAtHand => {
                text("The document is at hand", "Le document est disponible", "Het document is aanwezig", "Das Dokument liegt vor")
            }
            Self::DocumentNotAtHand => {
                text("The document is missing", "Le document manque", "Het document ontbreekt", "Das Dokument fehlt")
            }
            Self::DocumentExpired => {
                text("The document is too old", "Le document est trop ancien", "Het document is te oud", "Das Dokument ist zu alt")
            }
            Self::DocumentNotTold => text(
                "It is not told whether the document is at hand",
                "On ne sait pas si le document est disponible",
                "Het is niet bekend of het document aanwezig is",
                "Es ist nicht angegeben, ob das Dokument vorliegt",
            ),
            _ => text(
                "The day on the document is not told",
                "La date du document n’est pas indiquée",
                "De datum van het document is niet opgegeven",
                "Das Datum des Dokuments ist nicht angegeben",
            ),
        }
    }

    const fn of_answers(self) -> Labels {
        match self {
            Self::Belongs => {
                text("The person is concerned", "La personne est concernée", "Dit geldt voor de persoon", "Das trifft auf die Person zu")
            }
            Self::BelongsToNone => text(
                "None of them applies to the person",
                "Rien de cela ne concerne la personne",
                "Niets daarvan geldt voor de persoon",
                "Nichts davon trifft auf die Person zu",
            ),
            Self::NotTold => text("It is not told", "Ce n’est pas indiqué", "Het is niet opgegeven", "Es ist nicht angegeben"),
            Self::AnsweredAsExpected => text("The answer fits", "La réponse convient", "Het antwoord klopt", "Die Antwort passt"),
            Self::AnsweredOtherwise => {
                text("The answer does not fit", "La réponse ne convient pas", "Het antwoord klopt niet", "Die Antwort passt nicht")
            }
            Self::NotAnswered => {
                text("The question is open", "La question reste ouverte", "De vraag staat nog open", "Die Frage ist offen")
            }
            Self::AnswerNotUnderstood => text(
                "The answer does not fit the question",
                "La réponse ne correspond pas à la question",
                "Het antwoord past niet bij de vraag",
                "Die Antwort passt nicht zur Frage",
            ),
            Self::SaidToBeMet => text("It is said to be met", "Déclaré rempli", "Volgens opgave voldaan", "Laut Angabe erfüllt"),
            Self::SaidNotToBeMet => {
                text("It is said not to be met", "Déclaré non rempli", "Volgens opgave niet voldaan", "Laut Angabe nicht erfüllt")
            }
            Self::WordsOnly => text(
                "Please read and judge yourself",
                "À lire et à apprécier soi-même",
                "Zelf te lezen en te beoordelen",
                "Bitte selbst lesen und beurteilen",
            ),
            Self::EnoughMet => text(
                "Enough of them are met",
                "Suffisamment de critères sont remplis",
                "Er is aan genoeg criteria voldaan",
                "Genügend Kriterien sind erfüllt",
            ),
            Self::TooFewLeft => text(
                "Too few of them can be met",
                "Trop peu de critères peuvent être remplis",
                "Aan te weinig criteria kan worden voldaan",
                "Zu wenige Kriterien können erfüllt sein",
            ),
            _ => text(
                "More of them have to be met",
                "D’autres critères doivent être remplis",
                "Er moet aan meer criteria worden voldaan",
                "Weitere Kriterien müssen erfüllt sein",
            ),
        }
    }
}
