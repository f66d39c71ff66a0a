//! The words of the invented services.

use crate::chance::Chance;

/// What a service is about.
#[derive(Debug)]
pub struct Subject {
    /// The code of its topic.
    pub topic: &'static str,
    /// The kind in the feed's words.
    pub kind: &'static str,
    /// How its name begins.
    pub name: &'static str,
    /// What its first sentence says.
    pub first: &'static str,
    /// What people type who look for it.
    pub asked: &'static str,
}

const fn about(topic: &'static str, kind: &'static str, name: &'static str, first: &'static str, asked: &'static str) -> Subject {
    Subject { topic, kind, name, first, asked }
}

/// The subjects.
pub const SUBJECTS: &[Subject] = &[
    about(
        "mobilite--preparer-un-permis",
        "formation",
        "Auto-école sociale",
        "Un parcours pour apprendre le code puis la conduite en petit groupe, avec une monitrice formée aux difficultés d’apprentissage.",
        "permis de conduire",
    ),
    about(
        "mobilite--entretenir-reparer-son-vehicule",
        "atelier",
        "Garage solidaire",
        "Les réparations courantes sont faites avec la personne, sur un pont mis à disposition, avec des pièces d’occasion contrôlées.",
        "garage solidaire",
    ),
    about(
        "mobilite--acceder-a-un-vehicule",
        "aide-materielle",
        "Location solidaire de véhicules",
        "Des voitures et des scooters sont loués à la journée pour aller travailler, se former ou passer un entretien d’embauche.",
        "location voiture",
    ),
    about(
        "numerique--maitriser-les-fondamentaux-du-numerique",
        "atelier",
        "Atelier d’initiation à l’informatique",
        "On y apprend à se servir d’un ordinateur, d’un téléphone et d’une messagerie électronique, à son rythme et sans jargon.",
        "initiation informatique",
    ),
    about(
        "numerique--acceder-a-des-services-en-ligne",
        "accompagnement",
        "Point d’accès aux démarches en ligne",
        "Une conseillère numérique accompagne les déclarations et les demandes en ligne, du premier identifiant à l’accusé de réception.",
        "conseiller numerique",
    ),
    about(
        "logement-hebergement--se-maintenir-dans-le-logement",
        "accompagnement",
        "Maintien dans le logement",
        "Un travailleur social intervient à domicile pour prévenir les expulsions et rétablir le dialogue avec le bailleur.",
        "expulsion logement",
    ),
    about(
        "logement-hebergement--rechercher-une-solution-dhebergement-temporaire",
        "aide-materielle",
        "Hébergement temporaire",
        "Des chambres meublées accueillent pour quelques semaines les personnes qui se trouvent sans domicile après une rupture.",
        "hebergement urgence",
    ),
    about(
        "logement-hebergement--reduire-les-impayes-de-loyer",
        "aide-financiere",
        "Aide aux impayés de loyer",
        "Une aide financière peut être accordée pour apurer une dette de loyer ou de charges, une fois les droits vérifiés.",
        "aide loyer",
    ),
    about(
        "trouver-un-emploi--repondre-a-des-offres-demploi",
        "accompagnement",
        "Accompagnement vers l’emploi",
        "Un conseiller référent aide à choisir les offres, à préparer les candidatures et à garder le contact avec les employeurs.",
        "recherche emploi",
    ),
    about(
        "trouver-un-emploi--convaincre-un-recruteur-en-entretien",
        "atelier",
        "Simulation d’entretiens d’embauche",
        "Des recruteurs bénévoles font passer de vrais entretiens, filmés si la personne le souhaite, puis en parlent avec elle.",
        "entretien embauche",
    ),
    about(
        "preparer-sa-candidature--realiser-un-cv-et-ou-une-lettre-de-motivation",
        "atelier",
        "Atelier CV et lettre de motivation",
        "En deux séances, chacun rédige un curriculum vitae et une lettre de motivation, et repart avec les fichiers et des copies.",
        "lettre de motivation",
    ),
    about(
        "se-former--trouver-sa-formation",
        "information",
        "Conseil en formation",
        "Un entretien permet de faire le point sur les formations ouvertes, leurs financements et les rémunérations possibles.",
        "trouver une formation",
    ),
    about(
        "choisir-un-metier--decouvrir-un-metier-ou-un-secteur-dactivite",
        "information",
        "Découverte des métiers",
        "Des visites d’entreprises et des immersions d’une semaine font découvrir les métiers qui recrutent dans le bassin d’emploi.",
        "decouvrir un metier",
    ),
    about(
        "lecture-ecriture-calcul--maitriser-le-francais",
        "formation",
        "Cours de français",
        "Des cours de français, du débutant à l’autonomie, préparent aussi aux épreuves demandées pour un titre de séjour.",
        "cours de francais",
    ),
    about(
        "equipement-et-alimentation--alimentation",
        "aide-materielle",
        "Épicerie solidaire",
        "On y fait ses courses pour une petite part du prix, dans une boutique ouverte à tous après un entretien bref et discret.",
        "epicerie solidaire",
    ),
    about(
        "equipement-et-alimentation--habillement",
        "aide-materielle",
        "Vestiaire solidaire",
        "Des vêtements propres et triés, pour adultes et enfants, sont proposés à prix libre, avec un rayon pour les entretiens.",
        "vetements",
    ),
    about(
        "difficultes-financieres--situation-dendettement-surendettement",
        "accompagnement",
        "Point conseil budget",
        "Un conseil gratuit et confidentiel aide à tenir un budget, à négocier avec les créanciers et à déposer un dossier de surendettement.",
        "dossier surendettement",
    ),
    about(
        "difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits",
        "information",
        "Permanence d’accès aux droits",
        "Une juriste informe sur le logement, le travail, la famille et les étrangers, et aide à saisir le bon interlocuteur.",
        "permanence juridique",
    ),
    about(
        "sante--acces-aux-soins",
        "accompagnement",
        "Médiation en santé",
        "Une médiatrice ouvre les droits, prend les rendez-vous et accompagne chez le médecin les personnes éloignées du soin.",
        "acces aux soins",
    ),
    about(
        "sante--sante-mentale",
        "accompagnement",
        "Écoute psychologique",
        "Une psychologue reçoit sans avance de frais, pour quelques séances ou le temps de passer le relais à un autre lieu.",
        "psychologue gratuit",
    ),
    about(
        "famille--soutien-a-la-parentalite-et-a-leducation",
        "atelier",
        "Lieu d’accueil enfants-parents",
        "Les parents viennent jouer, souffler et parler avec d’autres parents et avec deux accueillantes, sans inscription.",
        "aide parents",
    ),
    about(
        "famille--garde-denfants",
        "aide-materielle",
        "Garde d’enfants à horaires décalés",
        "Des assistantes maternelles gardent les enfants tôt le matin, le soir et le samedi quand les parents travaillent ou se forment.",
        "garde enfants",
    ),
    about(
        "remobilisation--lien-social",
        "atelier",
        "Café associatif",
        "Un lieu pour rompre l’isolement autour d’un café, d’un repas partagé ou d’un jardin, avec des bénévoles du quartier.",
        "cafe associatif",
    ),
    about(
        "creer-une-entreprise--structurer-son-projet-de-creation-dentreprise",
        "formation",
        "Parcours de création d’entreprise",
        "De l’idée aux premiers clients, un groupe de porteurs de projet travaille chaque semaine l’étude de marché et le financement.",
        "creer entreprise",
    ),
];

/// Sentences that any service may have.
pub const SENTENCES: &[&str] = &[
    "Un premier rendez-vous, sans engagement, permet de comprendre la situation et de dire si le service convient.",
    "Le référent de la personne est tenu informé du parcours, avec son accord, après chaque étape importante.",
    "Les séances ont lieu en petit groupe, le matin ou l’après-midi, pendant les périodes scolaires seulement.",
    "Un interprète peut être présent si la demande en est faite une semaine avant le rendez-vous.",
    "Les locaux sont accessibles aux fauteuils roulants et se trouvent à cinq minutes d’un arrêt d’autobus.",
    "Aucun justificatif n’est demandé lors de la première visite ; les pièces utiles sont réunies ensuite ensemble.",
    "La participation reste gratuite pour les bénéficiaires des minima sociaux et les demandeurs d’emploi.",
    "L’équipe se compose de deux salariées, d’un service civique et d’une quinzaine de bénévoles formés.",
    "Une liste d’attente existe pendant l’hiver ; le délai est alors annoncé par téléphone dès l’inscription.",
    "Les enfants sont les bienvenus, un coin de jeux et des livres les attendent pendant l’entretien.",
    "Le suivi dure six mois en moyenne et peut être prolongé après un bilan partagé avec le prescripteur.",
    "Le transport peut être pris en charge pour les personnes qui habitent loin ou qui n’ont pas de véhicule.",
    "Une attestation de présence est remise sur demande, notamment pour la mission locale et le département.",
    "L’action est soutenue par la caisse d’allocations familiales, la région et la politique de la ville.",
    "Les personnes repartent avec un plan d’action écrit, en mots simples, et la date du prochain échange.",
    "Le matériel est prêté sur place ; il peut être emporté contre une caution de quelques euros.",
];

/// Audiences of the feed.
pub const AUDIENCES: &[&str] = &[
    "actifs",
    "beneficiaires-des-minimas-sociaux",
    "demandeurs-emploi",
    "etudiants",
    "familles",
    "femmes",
    "jeunes",
    "personnes-en-situation-de-handicap",
    "personnes-en-situation-durgence",
    "personnes-exilees",
    "residents-qpv-frr",
    "seniors",
];

/// Opening hours.
pub const HOURS: &[&str] =
    &["Mo-Fr 09:00-12:30,13:30-17:30; PH off", "Tu,Th 14:00-18:00", "Mo-Sa 10:00-19:00", "We 09:00-12:00; Fr 13:30-16:30; PH off"];

/// Conditions, one a line.
pub const CONDITIONS: &[&str] = &[
    "Être suivi par un référent (France Travail, mission locale, département)",
    "Pièce d’identité en cours de validité",
    "Attestation de droits ou avis de situation",
    "Résider sur le territoire",
    "Avoir un projet professionnel validé",
    "Avis d’imposition de l’année précédente",
];

/// Streets.
pub const STREETS: &[&str] =
    &["rue des Tilleuls", "place de l’Église", "avenue Jean-Jaurès", "rue du Moulin", "boulevard de la Liberté", "impasse des Lavandières"];

const SYLLABLES: &[&str] = &[
    "ba", "bel", "bru", "ca", "cha", "clo", "dau", "del", "fa", "fre", "ga", "gri", "la", "lo", "ma", "mer", "nau", "pe", "quin", "ra",
    "ro", "sa", "tel", "tri", "va", "ver",
];

/// An invented surname, so that the directory has as many rare words as a real one.
pub fn surname(chance: &mut Chance) -> String {
    let mut name: String = (0..3).map(|_| chance.one(SYLLABLES)).collect();
    name.push_str(chance.one(&["rd", "n", "t", "ux", "c", "lle"]));
    name.get_mut(..1).map(str::make_ascii_uppercase);
    name
}

/// Any of a list that is not empty.
pub fn any<'a, T>(chance: &mut Chance, of: &'a [T]) -> Option<&'a T> {
    usize::try_from(chance.below(of.len() as u64)).ok().and_then(|index| of.get(index))
}

/// A text without the accents of French, in lower case, with one space where words part.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for char in text.to_lowercase().chars() {
        match char {
            'à' | 'â' | 'ä' => folded.push('a'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'î' | 'ï' => folded.push('i'),
            'ô' | 'ö' => folded.push('o'),
            'ù' | 'û' | 'ü' => folded.push('u'),
            'ÿ' => folded.push('y'),
            'ç' => folded.push('c'),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            '-' | '\'' | '’' => folded.push(' '),
            other => folded.push(other),
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_is_folded() {
        assert_eq!(folded("L’Haÿ-les-Roses  à Œuvre"), "l hay les roses a oeuvre");
    }
}
